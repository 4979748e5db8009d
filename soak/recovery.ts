import type { Outcome } from './load/open-loop.ts';
import { quantile } from './load/statistics.ts';

const WINDOW_MS = 500;

/** After how many seconds nothing is refused any more, nor late, for good; Infinity where that never comes. */
export function recoveredAfter(outcomes: readonly Outcome[], longestMs: number): number {
  const windows = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const index = Math.floor(outcome.due / WINDOW_MS);
    windows.set(index, [...(windows.get(index) ?? []), outcome]);
  }
  // A single request in a window may be unlucky; nine of ten may not.
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
