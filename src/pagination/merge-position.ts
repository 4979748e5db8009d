import type { Position } from './cursor.ts';

/** A position in a merge of lists. */
export interface MergePosition {
  /** The time of the item before the position. Whatever is newer in an untouched list has arrived since. */
  readonly time: number;
  /** One for each list, in their order. */
  readonly lists: readonly PositionInList[];
}

export interface PositionInList {
  /** Just after the last item of the list that precedes the merge's position; null if there is none. */
  readonly position: Position | null;
  /** Whether going back excludes that item: it is the merge's own, or was rejected by the filter. */
  readonly exclusive: boolean;
  /** Whether no item of the list follows, so that it need not be read any more. */
  readonly ended: boolean;
  /** Whether the list could not be read: nothing of it is skipped when it can be read again. */
  readonly failed: boolean;
}
