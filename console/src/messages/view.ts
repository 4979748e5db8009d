import type { MessageArguments } from '../filters/filter.ts';
import type { Instant } from '../time/instant.ts';
import type { TimeRange } from '../url/time-range.ts';

/** A filter at an instant. */
export interface View extends Instant {
  readonly args: MessageArguments;
  readonly range: TimeRange;
}
