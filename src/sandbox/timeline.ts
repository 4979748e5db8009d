import { mix } from './random.ts';

const DAY = 86_400;
/** Share of a day's traffic in each hour of GMT: the night of the Americas is quiet, their daytime busy. */
const HOURS = [5, 4, 3, 2, 1, 1, 1, 1, 1, 2, 2, 2, 3, 5, 7, 8, 8, 8, 8, 8, 7, 6, 6, 5];
const TOTAL = HOURS.reduce((sum, hour) => sum + hour, 0);
/** Cumulative share at the start of each hour, from 0 to 1. */
const CUMULATIVE = [0, ...HOURS.map((_, hour) => sumTo(hour) / TOTAL)];
/** Slots of the inverse table: fine enough that each hour's rate shows. */
const SLOTS = 240;
/** Second of the day at which `slot / SLOTS` of the day's traffic has passed. */
const SECOND_AT = Array.from({ length: SLOTS + 1 }, (_, slot) => secondAt(slot / SLOTS));

/** The newest rows sit this many seconds apart, right before the end, so that they are seen under way. */
export const FRESH_GAP = 20;
/** How many rows are laid out that way, at most. */
export const FRESH_ROWS = 24;
const FRESH_SPAN = 3600;

/** When row `i` was created, for i from 0 (oldest) on. All times are whole seconds since 1970. */
export interface Timeline {
  /** Rows up to the end of the layout. */
  readonly count: number;
  createdAt(index: number, arrival?: number): number;
  /** Number of rows created at or before `now`. `arrival` > 0 adds one row every so many seconds after the end. */
  visible(now: number, arrival: number): number;
}

export interface TimelineOptions {
  key: number;
  count: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
}

/** Lays `count` rows between start and end; strictly by formula, so a million rows need no memory. */
export function createTimeline({ key, count, start, end }: TimelineOptions): Timeline {
  const fresh = Math.min(FRESH_ROWS, Math.floor(count / 4));
  const settled = count - fresh;
  const from = toLoad(start);
  const span = toLoad(end - FRESH_SPAN) - from;

  function createdAt(index: number, arrival = 0): number {
    if (index >= count) return end + (index - count + 1) * arrival;
    if (index >= settled) return end - 5 - FRESH_GAP * (count - 1 - index);
    const jitter = (mix(key, index) / 2 ** 32) * 0.9;
    return Math.floor(toTime(from + (span * (index + jitter)) / settled));
  }

  return {
    count,
    createdAt,
    visible(now, arrival) {
      if (now >= end) return count + (arrival > 0 ? Math.floor((now - end) / arrival) : 0);
      return firstIndex(0, count, (index) => createdAt(index) > now);
    },
  };
}

/** The first index in [low, high) for which `test` holds, or high; `test` must turn true once and stay so. */
export function firstIndex(low: number, high: number, test: (index: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (test(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function sumTo(hour: number): number {
  return HOURS.slice(0, hour + 1).reduce((sum, share) => sum + share, 0);
}

function secondAt(share: number): number {
  const hour = Math.max(
    0,
    CUMULATIVE.findLastIndex((value) => value <= share),
  );
  if (hour >= 24) return DAY;
  const low = CUMULATIVE[hour] ?? 0;
  const high = CUMULATIVE[hour + 1] ?? 1;
  return (hour + (share - low) / (high - low)) * 3600;
}

/** Load is time measured in traffic: one unit is one day's worth of messages. */
function toTime(load: number): number {
  const day = Math.floor(load);
  const slot = (load - day) * SLOTS;
  const low = Math.floor(slot);
  const a = SECOND_AT[low] ?? 0;
  const b = SECOND_AT[low + 1] ?? DAY;
  return day * DAY + a + (b - a) * (slot - low);
}

function toLoad(time: number): number {
  const day = Math.floor(time / DAY);
  const second = time - day * DAY;
  const low = Math.max(0, firstIndex(0, SLOTS + 1, (slot) => (SECOND_AT[slot] ?? DAY) > second) - 1);
  const a = SECOND_AT[low] ?? 0;
  const b = SECOND_AT[low + 1] ?? DAY;
  return day + (low + (second - a) / (b - a)) / SLOTS;
}
