/** What a chart of bars over time shows: one period with a number for each series. */
export interface Period {
  /** When it begins, in milliseconds. */
  readonly start: number;
  /** When the next one begins. */
  readonly end: number;
  /** By the key of the series. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Series {
  readonly key: string;
  readonly name: string;
  /** A custom property of theme.css, e.g. `--chart-failed`. */
  readonly color: string;
}

export const totalOf = ({ values }: Period): number =>
  Object.values(values).reduce((sum, value) => sum + value, 0);

/** Whether a period was counted, where only what is not older than an instant was. */
export function coverageOf({ start, end }: Period, countedFrom: number | undefined): 'all' | 'part' | 'none' {
  if (countedFrom === undefined || start >= countedFrom) return 'all';
  return end > countedFrom ? 'part' : 'none';
}

/** The periods that a selection touches, as the bounds of a range. @returns null for an empty list */
export function rangeOfSelection(
  periods: readonly Period[],
  first: number,
  last: number,
): readonly [since: number, until: number] | null {
  const from = periods[Math.min(first, last)];
  const to = periods[Math.max(first, last)];
  // The bounds of the API are both included, and Twilio stores whole seconds.
  return from && to ? [from.start, to.end - 1_000] : null;
}

/** The height of a value in a bar: a single failure among thousands must be seen. */
const sizeOf = (value: number, scale: (value: number) => number): number => Math.max(1.5, scale(value));

/** A part of a bar: its series, and where it is above the axis. */
export interface BarPart {
  readonly series: Series;
  readonly from: number;
  readonly size: number;
}

/** The parts of a bar, from its bottom to its top, without empty ones. */
export function partsOf(
  { values }: Period,
  series: readonly Series[],
  scale: (value: number) => number,
): readonly BarPart[] {
  let from = 0;
  return series.flatMap((one) => {
    const value = values[one.key] ?? 0;
    if (value === 0) return [];
    const part = { series: one, from, size: sizeOf(value, scale) };
    from += part.size;
    return [part];
  });
}

/** The smallest height that a pointer can be expected to hit. */
const HIT = 6;

/** The series at a height above the axis; thin parts count as a little higher. @returns null beside the bar */
export function seriesAt(parts: readonly BarPart[], height: number): string | null {
  const hit = parts.find(({ from, size }) => height >= from && height < from + Math.max(size, HIT));
  return hit?.series.key ?? null;
}
