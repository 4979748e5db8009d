/** How many requests may run at once before one is answered 429; null for any number. */
export interface Ceiling {
  limit: number | null;
  running: number;
  /** The most that ran at once since the last reset. */
  peak: number;
  refused: number;
}

export const createCeiling = (): Ceiling => ({ limit: null, running: 0, peak: 0, refused: 0 });

/** False when the request is one too many; it must be answered 429 then and never ran. */
export function enter(ceiling: Ceiling): boolean {
  if (ceiling.limit !== null && ceiling.running >= ceiling.limit) {
    ceiling.refused += 1;
    return false;
  }
  ceiling.running += 1;
  if (ceiling.running > ceiling.peak) ceiling.peak = ceiling.running;
  return true;
}
