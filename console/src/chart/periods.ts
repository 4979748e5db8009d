import { fromLocalInput, toLocalInput } from '../time/format.ts';

/** The API's `StatsInterval`. */
export type Interval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More bars than this could not be told apart. */
const MAX_PERIODS = 1_000;

/** The interval at which a range has at most about a hundred bars. */
export function intervalFor(since: number, until: number): Interval {
  const days = (until - since) / DAY_MS;
  if (days <= 4) return 'HOUR';
  if (days <= 100) return 'DAY';
  return days <= 800 ? 'WEEK' : 'MONTH';
}

/** The beginnings of all periods that a range touches, and the end of the last one, as the API counts them in a zone. */
export function periodStarts(
  since: number,
  until: number,
  interval: Interval,
  zone: string,
): readonly number[] {
  const starts = [startOf(since, interval, zone)];
  for (;;) {
    const last = starts.at(-1) ?? until;
    if (last > until || starts.length > MAX_PERIODS) return starts;
    starts.push(nextAfter(last, interval, zone));
  }
}

/** The beginning of the period that an instant is in. */
export function startOf(time: number, interval: Interval, zone: string): number {
  const local = toLocalInput(time, zone);
  // Counted back from the instant: 02:30 may exist twice.
  if (interval === 'HOUR') return Math.floor(time / 60_000) * 60_000 - Number(local.slice(14, 16)) * 60_000;
  const date = new Date(`${local.slice(0, 10)}T00:00Z`);
  if (interval === 'WEEK') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (interval === 'MONTH') date.setUTCDate(1);
  return fromLocalInput(date.toISOString().slice(0, 10), zone) ?? time;
}

function nextAfter(start: number, interval: Interval, zone: string): number {
  if (interval === 'HOUR') return start + HOUR_MS;
  const date = new Date(`${toLocalInput(start, zone).slice(0, 10)}T00:00Z`);
  if (interval === 'MONTH') date.setUTCMonth(date.getUTCMonth() + 1);
  else date.setUTCDate(date.getUTCDate() + (interval === 'WEEK' ? 7 : 1));
  return fromLocalInput(date.toISOString().slice(0, 10), zone) ?? start + DAY_MS;
}
