/** Whether a key was seen before, roughly; it is from now on. */
export type SeenFilter = (key: string) => boolean;

/** A power of two. */
const SLOTS = 16_384;

/**
 * Admits to a cache what is asked for a second time: most keys come once, and caching those would push out the others
 * and fill the memory. It remembers 32-bit hashes, each in the one slot it may have: it holds no text, takes 64 KiB
 * however many keys come, and now and then forgets or mistakes one.
 */
export function createSeenFilter(): SeenFilter {
  const seen = new Int32Array(SLOTS);
  return (key) => {
    const hash = hashOf(key);
    const slot = hash & (SLOTS - 1);
    const isKnown = seen[slot] === hash;
    seen[slot] = hash;
    return isKnown;
  };
}

/** FNV-1a over UTF-16 code units; never 0, which is an empty slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0 || 1;
}
