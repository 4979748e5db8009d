import { mix } from './random.ts';

const DAY = 86_400;
/** Traffic of each hour in GMT, with the daily rhythm of the Americas. */
const HOURS = [5, 4, 3, 2, 1, 1, 1, 1, 1, 2, 2, 2, 3, 5, 7, 8, 8, 8, 8, 8, 7, 6, 6, 5];
const TOTAL = HOURS.reduce((sum, hour) => sum + hour, 0);
/** Cumulative share at the start of each hour, from 0 to 1. */
const CUMULATIVE = [0, ...HOURS.map((_, hour) => sumTo(hour) / TOTAL)];
/** Slots of the inverse table: 10 per hour. */
const SLOTS = 240;
/** Second of the day by which `slot / SLOTS` of the day's traffic has passed. */
const SECOND_AT = Array.from({ length: SLOTS + 1 }, (_, slot) => secondAt(slot / SLOTS));

/** Seconds between the newest messages, right before the end, so that they are still in transit. */
export const FRESH_GAP = 20;
/** Maximum number of such messages. */
export const FRESH_ROWS = 24;
const FRESH_SPAN = 3600;

/** Creation times of messages by index, from 0 (oldest). Times are whole seconds since 1970. */
export interface Timeline {
  createdAt(index: number, arrival?: number): number;
  /** Counts the messages created at or before `now`. `arrival` is the seconds between messages after the end; 0 for none. */
  visible(now: number, arrival: number): number;
}

export interface TimelineOptions {
  key: number;
  count: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
}

/** Spreads `count` messages between start and end by formula, so that a million of them need no memory. */
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
    createdAt,
    visible(now, arrival) {
      if (now >= end) return count + (arrival > 0 ? Math.floor((now - end) / arrival) : 0);
      return firstIndex(0, count, (index) => createdAt(index) > now);
    },
  };
}

/** Binary search: the first index in [low, high) that passes `test`, else high. `test` must be monotonic. */
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

/** Load is time measured in traffic: one unit is a day's messages. */
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
