import { LRUCache } from 'lru-cache';
import type { DateTime, DateTimeUnit } from 'luxon';

export type Interval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

const UNITS: Readonly<Record<Interval, DateTimeUnit>> = {
  HOUR: 'hour',
  DAY: 'day',
  // ISO weeks, which begin on Monday.
  WEEK: 'week',
  MONTH: 'month',
};

/** Whether a name is a time zone of the IANA database that this Node.js knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Intl also accepts offsets such as +02:00, which have no daylight saving time.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** A period, in milliseconds; `end` is exclusive. */
export interface Bucket {
  readonly start: number;
  readonly end: number;
}

/**
 * Creates a function that returns the bucket of an instant, all in milliseconds. Days, weeks and months begin at midnight
 * of the time zone, so that they are an hour longer or shorter where the clock changes.
 */
async function createBuckets(interval: Interval, timeZone: string): Promise<(instant: number) => Bucket> {
  const { DateTime } = await import('luxon');
  const unit = UNITS[interval];
  return (instant) => {
    const start: DateTime = DateTime.fromMillis(instant, { zone: timeZone }).startOf(unit);
    // A day begins later where the clock skips midnight, but the next one does not.
    const end: DateTime = start.plus({ [unit]: 1 }).startOf(unit);
    return { start: start.toMillis(), end: end.toMillis() };
  };
}

/** Creates a function that returns the beginning of the bucket of an instant, both in milliseconds. */
export async function createTimeBuckets(interval: Interval, timeZone: string) {
  const bucketOf = await createBuckets(interval, timeZone);
  let bucket = { start: Number.NaN, end: Number.NaN };
  return (instant: number): number => {
    // Messages come in order, so that most are in the bucket of the one before.
    if (!(instant >= bucket.start && instant < bucket.end)) bucket = bucketOf(instant);
    return bucket.start;
  };
}

/** Lists the buckets from that of the first instant to that of the last. */
export async function bucketsBetween(
  interval: Interval,
  timeZone: string,
  first: number,
  last: number,
): Promise<Bucket[]> {
  const bucketOf = await createBuckets(interval, timeZone);
  const buckets: Bucket[] = [];
  for (let next = first; next <= last; ) {
    const name = `${interval} ${timeZone} ${next}`;
    const bucket = known.get(name) ?? bucketOf(next);
    // Only beginnings recur: the first instant may be any.
    if (bucket.start === next) known.set(name, bucket);
    buckets.push(bucket);
    next = bucket.end;
  }
  return buckets;
}

/** Recent buckets by their beginnings: to find one takes about 20 µs, and a year has 365 days. */
const known = new LRUCache<string, Bucket>({ max: 10_000 });
