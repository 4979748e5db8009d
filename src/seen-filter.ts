/** Tells whether a key was probably seen before, and records it. */
export type SeenFilter = (key: string) => boolean;

/** A power of two. */
const SLOTS = 16_384;

/**
 * Creates a cache admission filter: a key is cached from its second request on. Most keys are requested once, and
 * caching those would evict the others and fill the memory. The filter stores 32-bit hashes, one per slot: it holds no
 * text, takes 64 KiB for any number of keys, and occasionally forgets or confuses a key.
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

/** FNV-1a over UTF-16 code units; never 0, which marks an empty slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0 || 1;
}
