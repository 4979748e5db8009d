/** A period of time: a length that ends now, or two instants of which either may be open. */
export type TimeRange =
  | { readonly kind: 'last'; readonly amount: number; readonly unit: TimeUnit }
  | { readonly kind: 'between'; readonly since: string | null; readonly until: string | null }
  | { readonly kind: 'all' };

export type TimeUnit = 'm' | 'h' | 'd';

/** The bounds that the API takes; both are included. */
export interface Bounds {
  readonly since: string | null;
  readonly until: string | null;
}

const UNIT_MS: Readonly<Record<TimeUnit, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNIT_NAME: Readonly<Record<TimeUnit, string>> = { m: 'minute', h: 'hour', d: 'day' };
const MAX_DAYS = 3_660;

/** The ranges of the menu. */
export const RANGES: readonly TimeRange[] = [
  { kind: 'last', amount: 1, unit: 'h' },
  { kind: 'last', amount: 24, unit: 'h' },
  { kind: 'last', amount: 7, unit: 'd' },
  { kind: 'last', amount: 30, unit: 'd' },
  { kind: 'last', amount: 90, unit: 'd' },
  { kind: 'last', amount: 400, unit: 'd' },
  { kind: 'all' },
];

/** Reads `24h`, `all`, or two instants like `2026-03-01T00:00:00Z..`. @returns null for anything else */
export function parseRange(text: string): TimeRange | null {
  if (text === 'all') return { kind: 'all' };
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount && unit) {
    const range = { kind: 'last', amount: Number(amount), unit: unit as TimeUnit } as const;
    const length = lengthOf(range);
    return length > 0 && length <= MAX_DAYS * UNIT_MS.d ? range : null;
  }
  const [first, last, ...rest] = text.split('..');
  if (first === undefined || last === undefined || rest.length > 0) return null;
  const since = instantOf(first);
  const until = instantOf(last);
  if (since === undefined || until === undefined || (since === null && until === null)) return null;
  if (since !== null && until !== null && since > until)
    return { kind: 'between', since: until, until: since };
  return { kind: 'between', since, until };
}

export function printRange(range: TimeRange): string {
  if (range.kind === 'all') return 'all';
  if (range.kind === 'last') return `${range.amount}${range.unit}`;
  return `${range.since ?? ''}..${range.until ?? ''}`;
}

/** The bounds of a range at a moment. */
export function boundsOf(range: TimeRange, now: number): Bounds {
  if (range.kind === 'all') return { since: null, until: null };
  if (range.kind === 'between') return { since: range.since, until: range.until };
  return { since: toSeconds(now - lengthOf(range)), until: null };
}

/** The same range with fixed instants, so that a link shows everyone the same. */
export function toAbsolute(range: TimeRange, now: number): TimeRange {
  if (range.kind !== 'last') return range;
  return { kind: 'between', since: toSeconds(now - lengthOf(range)), until: toSeconds(now) };
}

/** A range between two instants in milliseconds, e.g. of a selection in a chart. */
export function between(since: number, until: number): TimeRange {
  return {
    kind: 'between',
    since: toSeconds(Math.min(since, until)),
    until: toSeconds(Math.max(since, until)),
  };
}

/** Names a relative range. A range between instants needs a zone: see `formatRange` in time/. */
export function nameOfRange(range: Exclude<TimeRange, { kind: 'between' }>): string {
  if (range.kind === 'all') return 'All time';
  const name = UNIT_NAME[range.unit];
  return range.amount === 1 ? `Last ${name}` : `Last ${range.amount} ${name}s`;
}

function lengthOf({ amount, unit }: { readonly amount: number; readonly unit: TimeUnit }): number {
  return amount * UNIT_MS[unit];
}

/** @returns null for an open bound, undefined for an invalid one */
function instantOf(text: string): string | null | undefined {
  if (text === '') return null;
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text))
    return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : toSeconds(time);
}

/** Twilio stores whole seconds. */
export function toSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
