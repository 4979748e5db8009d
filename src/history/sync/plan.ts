import { DAY_MS } from '../../pagination/retention.ts';
import type { HistorySlice, SliceState } from '../history-store.ts';

/** The slices that every account has besides those of days. */
export const HEAD = 'head';
export const RECENT = 'recent';
export const UNDATED = 'undated';

/** How a slice is read. */
export type SliceKind =
  /** The newest messages of the list without a filter, until what was read before. */
  | 'head'
  /** The messages that were sent in the last 72 hours. */
  | 'recent'
  /** The whole list without a filter: only there are the messages without a sent date, which match no range of dates. */
  | 'undated'
  /** The messages that were sent on one day or more. */
  | 'days';

export function kindOf({ key }: Pick<HistorySlice, 'key'>): SliceKind {
  return key === HEAD || key === RECENT || key === UNDATED ? key : 'days';
}

/** The due time of what is due at once, whatever the clocks say. */
const AT_ONCE = new Date(0);

/** Plans the slices that every account has from the beginning. */
export function planBase(accountSid: string): HistorySlice[] {
  return [HEAD, RECENT].map((key, rank) => whole(accountSid, key, rank));
}

/** Plans the slice of messages without a sent date. The days are read before it: by their counts, it is read in parts. */
export function planUndated(accountSid: string): HistorySlice {
  return whole(accountSid, UNDATED, 3);
}

function whole(accountSid: string, key: string, rank: number): HistorySlice {
  return { accountSid, key, since: null, until: null, rank, dueAt: AT_ONCE };
}

export interface DayPlan {
  readonly accountSid: string;
  /** The slices that the account has. */
  readonly existing: readonly Pick<SliceState, 'since' | 'until'>[];
  readonly now: number;
  /** How far back messages are read. */
  readonly days: number;
  /** Messages a day, as far as is known. */
  readonly perDay: number | null;
}

/** The newest days have a slice each, because they are read every day. */
const SINGLE_DAYS = 8;
/** A slice of several days has at most about one page. */
const PAGE = 1_000;

/**
 * Plans slices for all days that have none, up to yesterday and the newest first. Days begin at midnight in UTC. Accounts
 * with few messages get slices of 7 or 28 days, so that a year costs 20 calls and not 365.
 */
export function planDays({ accountSid, existing, now, days, perDay }: DayPlan): HistorySlice[] {
  const today = Math.floor(now / DAY_MS);
  const first = Math.floor((now - days * DAY_MS) / DAY_MS);
  const dated = existing.flatMap(({ since, until }) =>
    since && until ? [{ since: dayOf(since), until: dayOf(until) }] : [],
  );
  // Ranges of days, both inclusive.
  const missing =
    dated.length === 0
      ? [[first, today - 1] as const]
      : [
          [Math.max(...dated.map(({ until }) => until)) + 1, today - 1] as const,
          [first, Math.min(...dated.map(({ since }) => since)) - 1] as const,
        ];
  return missing.flatMap(([from, to]) =>
    splitDays(from, to, today - SINGLE_DAYS, lengthFor(perDay)).map(([since, until]) => ({
      accountSid,
      key: since === until ? nameOf(since) : `${nameOf(since)}/${until - since + 1}`,
      since: new Date(since * DAY_MS),
      until: new Date((until + 1) * DAY_MS - 1_000),
      rank: 2,
      dueAt: AT_ONCE,
    })),
  );
}

/** Splits a range of days, the newest first. @param single from here on, each day is alone */
function splitDays(from: number, to: number, single: number, length: number): [number, number][] {
  const slices: [number, number][] = [];
  for (let until = to; until >= from; ) {
    const since = until >= single ? until : Math.max(from, until - length + 1);
    slices.push([since, until]);
    until = since - 1;
  }
  return slices;
}

function lengthFor(perDay: number | null): number {
  if (perDay === null) return 1;
  return [28, 7].find((length) => length * perDay <= PAGE) ?? 1;
}

const dayOf = (date: Date): number => Math.floor(date.getTime() / DAY_MS);
const nameOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
