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
