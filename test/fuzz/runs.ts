import type { Parameters } from 'fast-check';

/** Multiplies the number of runs: few in every test run; FUZZ=20 npx vitest run test/fuzz for a longer search. */
const TIMES = Number(process.env.FUZZ ?? 0.25);

/** Scales a test's timeout, in milliseconds. */
export const within = (ms: number) => ms * Math.max(1, TIMES);

/** @param usually the number of runs without FUZZ */
export function runs<T>(usually: number): Parameters<T> {
  const numRuns = Math.max(1, Math.round(usually * TIMES));
  // A failure prints its seed; FUZZ_SEED repeats the run.
  const seed = process.env.FUZZ_SEED;
  return { numRuns, ...(seed ? { seed: Number(seed) } : {}) };
}
