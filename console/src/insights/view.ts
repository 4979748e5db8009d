import type { Interval } from '../chart/periods.ts';
import type { Filter, MessageArguments } from '../filters/filter.ts';
import type { Instant } from '../time/instant.ts';
import type { Span } from './volume.ts';

/** The filter of the URL at a moment: what all figures count. */
export interface View extends Instant {
  readonly filter: Filter;
  readonly args: MessageArguments;
  readonly span: Span;
  readonly interval: Interval;
  readonly zone: string;
}
