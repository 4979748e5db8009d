import { boundsOf, type TimeRange, toSeconds } from '../url/time-range.ts';

/** The period of the same length right before a range, with both bounds included. @returns null for an open range */
export function periodBefore(range: TimeRange, now: number): { since: string; until: string } | null {
  const bounds = boundsOf(range, now);
  if (bounds.since === null || (range.kind === 'between' && bounds.until === null)) return null;
  const since = Date.parse(bounds.since);
  // Twilio stores whole seconds, of which the last one belongs to the range.
  const end = (bounds.until === null ? Date.parse(toSeconds(now)) : Date.parse(bounds.until)) + 1_000;
  return { since: toSeconds(since - (end - since)), until: toSeconds(since - 1_000) };
}

/** A difference in words, and whether it is good. */
export interface Change {
  /** E.g. `+12%`, `−0.4 points`. */
  readonly text: string;
  readonly direction: 'up' | 'down' | 'same';
}

const percent = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const points = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** How much a number has grown. @returns null where there was nothing to grow from */
export function growthOf(now: number, before: number): Change | null {
  if (before <= 0) return null;
  return changeOf(((now - before) / before) * 100, percent, '%');
}

/** How many percentage points a rate has gained. @returns null without both rates */
export function pointsOf(now: number | null | undefined, before: number | null | undefined): Change | null {
  if (now == null || before == null) return null;
  return changeOf((now - before) * 100, points, ' points');
}

function changeOf(value: number, format: Intl.NumberFormat, unit: string): Change {
  const text = format.format(Math.abs(value));
  if (text === '0') return { text: 'no change', direction: 'same' };
  return { text: `${value > 0 ? '+' : '−'}${text}${unit}`, direction: value > 0 ? 'up' : 'down' };
}
