import type { TimeRange } from '../url/time-range.ts';
import { nameOfRange } from '../url/time-range.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Intl takes a tenth of a millisecond to make a format, and thousands of rows need the same one. */
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
    formats.set(key, format);
  }
  return format;
}

const DATE = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const MINUTE = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const SECOND = { ...MINUTE, second: '2-digit' } as const;

/** `28 Nov 2026, 14:03:22`, in a zone. */
export const formatInstant = (time: number, zone: string): string =>
  formatOf(zone, { ...DATE, ...SECOND }).format(time);

/** As {@link formatInstant}, with the zone's abbreviation. */
export const formatExactly = (time: number, zone: string): string =>
  formatOf(zone, { ...DATE, ...SECOND, timeZoneName: 'short' }).format(time);

/** `28 Nov, 14:03`. */
export const formatShort = (time: number, zone: string): string =>
  formatOf(zone, { month: 'short', day: 'numeric', ...MINUTE }).format(time);

/** `28 Nov`. */
export const formatDayShort = (time: number, zone: string): string =>
  formatOf(zone, { month: 'short', day: 'numeric' }).format(time);

/** `28 Nov, 14:03:22` for a row, with the year where it is not the present one. */
export function formatForRow(time: number, zone: string, now: number): string {
  const isThisYear =
    formatOf(zone, { year: 'numeric' }).format(time) === formatOf(zone, { year: 'numeric' }).format(now);
  return isThisYear
    ? formatOf(zone, { month: 'short', day: 'numeric', ...SECOND }).format(time)
    : formatInstant(time, zone);
}

/** `28 Nov 2026`. */
export const formatDate = (time: number, zone: string): string => formatOf(zone, DATE).format(time);

/** `Saturday, 28 November 2026`. */
export const formatDay = (time: number, zone: string): string =>
  formatOf(zone, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }).format(time);

/** `14:03`. */
export const formatTime = (time: number, zone: string): string => formatOf(zone, MINUTE).format(time);

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
] as const;
const DAYS_IN_MONTHS = 30.44;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });

/** `5 min. ago`; `in 2 hr.` for what is scheduled. */
export function formatRelative(time: number, now: number): string {
  let amount = (time - now) / 1_000;
  if (Math.abs(amount) < 10) return 'now';
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return relative.format(Math.trunc(amount), unit);
    amount /= unit === 'day' ? DAYS_IN_MONTHS : size;
  }
  return '';
}

/** Names a range, with the instants of a fixed one in a zone. */
export function formatRange(range: TimeRange, zone: string): string {
  if (range.kind !== 'between') return nameOfRange(range);
  const { since, until } = range;
  const from = since === null ? null : formatShortWithYear(since, zone);
  const to = until === null ? null : formatShortWithYear(until, zone);
  if (from !== null && to !== null) return `${from} – ${to}`;
  return from === null ? `Until ${to}` : `Since ${from}`;
}

function formatShortWithYear(iso: string, zone: string): string {
  return formatOf(zone, { ...DATE, ...MINUTE }).format(Date.parse(iso));
}

/** The parts of an instant in a zone, as an `<input type="datetime-local">` takes them: `2026-11-28T14:03`. */
export function toLocalInput(time: number, zone: string): string {
  const parts = partsOf(time, zone);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The instant of a local time in a zone, in milliseconds. A time that does not exist, because clocks were put forward,
 * becomes the one an hour later; of one that exists twice, the first.
 *
 * @param local `2026-11-28T14:03`, or a date alone for midnight
 * @returns null for an invalid time
 */
export function fromLocalInput(local: string, zone: string): number | null {
  const wanted = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  if (Number.isNaN(wanted)) return null;
  const candidates = [-24, 24].map((hours) => wanted - offsetAt(wanted + hours * 3_600_000, zone));
  const exact = candidates.filter((time) => time + offsetAt(time, zone) === wanted);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(time, zone);
  const asUtc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return asUtc - Math.floor(time / 1_000) * 1_000;
}

function partsOf(time: number, zone: string): Record<string, string> {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', ...SECOND } as const;
  const parts = formatOf(zone, options).formatToParts(time);
  const found = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { ...found, year: (found.year ?? '').padStart(4, '0') };
}
