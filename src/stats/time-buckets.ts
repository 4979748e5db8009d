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

/**
 * Creates a function that returns the beginning of the bucket of an instant, both in milliseconds. Days, weeks and
 * months begin at midnight of the time zone, so that they are an hour longer or shorter where the clock changes.
 */
export async function createTimeBuckets(interval: Interval, timeZone: string) {
  const { DateTime } = await import('luxon');
  const unit = UNITS[interval];
  let bucket = { start: Number.NaN, end: Number.NaN };
  return (instant: number): number => {
    // Messages come in order, so that most are in the bucket of the one before.
    if (!(instant >= bucket.start && instant < bucket.end)) {
      const start: DateTime = DateTime.fromMillis(instant, { zone: timeZone }).startOf(unit);
      bucket = { start: start.toMillis(), end: start.plus({ [unit]: 1 }).toMillis() };
    }
    return bucket.start;
  };
}
