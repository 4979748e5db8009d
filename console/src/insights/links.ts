import { type Filter, type Outcome, writeFilter } from '../filters/filter.ts';
import { type Bounds, between, type TimeRange } from '../url/time-range.ts';
import { linkTo } from '../url/use-url.ts';

/** The address of the messages that a number counts: those of the screen's filter, with changes. */
export function messagesOf(filter: Filter, change: Partial<Filter> = {}): string {
  return linkTo('/messages', writeFilter({ ...filter, ...change }));
}

/** The failures among the messages of a filter. Its statuses stay; they say more than an outcome. */
export function failuresOf(filter: Filter, change: Partial<Filter> = {}): string {
  return messagesOf(filter, { outcome: ['FAILED'], ...change });
}

/** Whether a filter leaves any failures to count. */
export const hasFailures = ({ outcome }: Filter): boolean =>
  outcome.length === 0 || outcome.includes('FAILED');

/** The bars of a selection as a range, without what is outside of the range that the bars are of. */
export function rangeOfBars(since: number, until: number, bounds: Bounds): TimeRange {
  const first = bounds.since === null ? since : Math.max(since, Date.parse(bounds.since));
  const last = bounds.until === null ? until : Math.min(until, Date.parse(bounds.until));
  return between(first, Math.max(first, last));
}

/** The outcome of a click on a bar: that of the part that was hit, if the filter allows it. */
export function outcomeOf(key: string | null, filter: Filter): readonly Outcome[] {
  return key === null ? filter.outcome : [key as Outcome];
}
