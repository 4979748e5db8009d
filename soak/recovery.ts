import type { Outcome } from './load/open-loop.ts';
import { quantile } from './load/statistics.ts';

const WINDOW_MS = 500;

/** Returns the seconds until all requests are accepted and fast; Infinity if never. */
export function recoveryTime(outcomes: readonly Outcome[], longestMs: number): number {
  const windows = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const index = Math.floor(outcome.due / WINDOW_MS);
    windows.set(index, [...(windows.get(index) ?? []), outcome]);
  }
  // Uses the 90th percentile, because a single request may be slow by chance.
  const isBad = (window: readonly Outcome[]) =>
    window.some(({ kind }) => kind !== 'accepted') ||
    quantile(
      window.map(({ took }) => took).sort((a, b) => a - b),
      0.9,
    ) > longestMs;
  const last = Math.max(...windows.keys());
  const bad = [...windows].filter(([, window]) => isBad(window)).map(([index]) => index);
  const lastBad = Math.max(-1, ...bad);
  return lastBad === last ? Number.POSITIVE_INFINITY : ((lastBad + 1) * WINDOW_MS) / 1000;
}
