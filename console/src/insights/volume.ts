import type { Period } from '../chart/bars.ts';
import { type Interval, intervalFor, periodStarts } from '../chart/periods.ts';
import { boundsOf, type TimeRange } from '../url/time-range.ts';

/** The time that a chart shows, in milliseconds; both ends are included. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** How many days a range without a beginning shows before its oldest message is known: what Twilio keeps. */
const OPEN_DAYS = 400;
const DAY_MS = 86_400_000;

/** The span of a range at a moment. */
export function spanOf(range: TimeRange, now: number): Span {
  const bounds = boundsOf(range, now);
  const until = bounds.until === null ? now : Date.parse(bounds.until);
  const since = bounds.since === null ? until - OPEN_DAYS * DAY_MS : Date.parse(bounds.since);
  return { since: Math.min(since, until), until };
}

export const intervalOf = ({ since, until }: Span): Interval => intervalFor(since, until);

/** The messages of one period and outcome, as the API counts them. */
export interface VolumeGroup {
  readonly start: string | null | undefined;
  readonly outcome: string | null | undefined;
  readonly measures: { readonly messages: number };
}

interface Volume {
  readonly periods: readonly Period[];
  /** Messages that are in no period, because Twilio gives no time for them. */
  readonly undated: number;
}

/**
 * The bars of a chart: each period of the span, also those without messages. Every message with a time is in one of
 * them, so that their sum is the total.
 *
 * @param oldest the oldest message that was counted: a span without a beginning starts there if it is older
 */
export function volumeOf(
  groups: readonly VolumeGroup[],
  { since, until }: Span,
  interval: Interval,
  zone: string,
  oldest?: string | null,
): Volume {
  const dated = groups.flatMap(({ start, ...rest }) => (start ? [{ ...rest, at: Date.parse(start) }] : []));
  const from = Math.min(since, oldest ? Date.parse(oldest) : since);
  const starts = periodStarts(from, until, interval, zone);
  const values: Record<string, number>[] = starts.slice(1).map(() => ({}));
  for (const { at, outcome, measures } of dated) {
    const found = starts.findLastIndex((start) => start <= at);
    const counts = values[Math.max(0, Math.min(values.length - 1, found))];
    if (counts)
      counts[outcome ?? 'UNCONFIRMED'] = (counts[outcome ?? 'UNCONFIRMED'] ?? 0) + measures.messages;
  }
  const periods = values.map((counts, index) => ({
    start: starts[index] ?? 0,
    end: starts[index + 1] ?? 0,
    values: counts,
  }));
  const all = groups.reduce((sum, { measures }) => sum + measures.messages, 0);
  const shown = dated.reduce((sum, { measures }) => sum + measures.messages, 0);
  return { periods, undated: all - shown };
}
