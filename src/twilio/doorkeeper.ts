/** Whether a key has come before, roughly; it has come from now on. */
export type Doorkeeper = (key: string) => boolean;

/** A power of two. */
const PLACES = 16_384;

/**
 * Lets into a cache what is asked for a second time: most things come once, and keeping those pushes out the others
 * and fills the memory with what nobody asks for again. It remembers hashes, each in the one place it may have,
 * so that it holds no text, costs no memory however many come, and now and then forgets or mistakes one.
 */
export function createDoorkeeper(): Doorkeeper {
  const seen = new Int32Array(PLACES);
  return (key) => {
    const hash = hashOf(key);
    const place = hash & (PLACES - 1);
    const isKnown = seen[place] === hash;
    seen[place] = hash;
    return isKnown;
  };
}

/** FNV-1a over UTF-16 code units; never 0, which is an empty place. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0 || 1;
}
