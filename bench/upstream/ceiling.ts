/** A limit of concurrent requests, beyond which the upstream responds 429; null for no limit. */
export interface Ceiling {
  limit: number | null;
  running: number;
  /** Maximum of concurrent requests since the last reset. */
  peak: number;
  refused: number;
}

export const createCeiling = (): Ceiling => ({ limit: null, running: 0, peak: 0, refused: 0 });

/** Returns false when the request exceeds the limit; then it does not count as running. */
export function enter(ceiling: Ceiling): boolean {
  if (ceiling.limit !== null && ceiling.running >= ceiling.limit) {
    ceiling.refused += 1;
    return false;
  }
  ceiling.running += 1;
  if (ceiling.running > ceiling.peak) ceiling.peak = ceiling.running;
  return true;
}
