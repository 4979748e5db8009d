import { UsageError } from './command-errors.ts';

const UNITS_MS = { d: 24 * 60 * 60 * 1000, h: 60 * 60 * 1000 } as const;

/**
 * Parses `30d`, `12h`, a day such as `2027-01-31` (midnight GMT), or a time such as `2027-01-31T12:00:00Z`.
 *
 * @throws {UsageError} for anything else, including impossible days
 */
export function parseExpiry(text: string, now = Date.now()): Date {
  const [, amount, unit] = /^(\d{1,4})([dh])$/.exec(text) ?? [];
  if (amount !== undefined && (unit === 'd' || unit === 'h')) {
    return new Date(now + Number(amount) * UNITS_MS[unit]);
  }
  const [, day] =
    /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const date = new Date(text);
  // Date parses some impossible days as days of the next month.
  if (day !== undefined && isDay(day) && !Number.isNaN(date.getTime())) return date;
  throw new UsageError(
    '--expires takes a day (2027-01-31), a time (2027-01-31T12:00:00Z), or a number of days or hours (30d, 12h).',
    '--expires',
  );
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
