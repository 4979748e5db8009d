import type { Parameters } from 'fast-check';

/** How many times the usual number of runs; FUZZ=20 npx vitest run test/fuzz for a longer search. */
const TIMES = Number(process.env.FUZZ ?? 1);

/** For a test's own time limit, in milliseconds. */
export const within = (ms: number) => ms * Math.max(1, TIMES);

/** @param usually how many runs there are unless FUZZ asks for more */
export function runs<T>(usually: number): Parameters<T> {
  const numRuns = Math.max(1, Math.round(usually * TIMES));
  // A failure names its seed; FUZZ_SEED runs the same again.
  const seed = process.env.FUZZ_SEED;
  return { numRuns, ...(seed ? { seed: Number(seed) } : {}) };
}
