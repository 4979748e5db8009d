import type { PageName, PageTrail, TwilioPage } from '../twilio/page.ts';
import type { ListSource } from './list-source.ts';

/**
 * A position in a list, just after an item: "after" continues from it, "before" goes back from it. Twilio pages by
 * opaque tokens, so it consists of a page as Twilio named it and an offset; the SID finds the item again when the
 * page has shifted.
 */
export interface Position {
  readonly page: PageName | null;
  /** The page size of `page`; a request with the same size returns the same items. */
  readonly pageSize: number;
  /** Number of items of `page` up to the position, including the item itself. */
  readonly offset: number;
  /** The item before the position; null on an empty page. */
  readonly sid: string | null;
  /** The item's sort time in milliseconds, to find the position after the item was deleted. */
  readonly time: number | null;
  /** Last digits of the preceding SIDs on its page, nearest first, to find the position after a deletion. */
  readonly anchors: readonly string[];
  /** Set when the item ends its page: continuing from here costs exactly one call. */
  readonly next: PageName | null;
  /** Set when the item begins its page: going back from here costs exactly one call. */
  readonly previous: PageName | null;
  /** Trail of the pages before `page`, to detect cycles; absent on a first page. */
  readonly trail?: PageTrail | undefined;
}

/** Number of preceding SIDs, and digits of each: enough to survive deletions and avoid collisions. */
const ANCHORS = 4;
const ANCHOR_DIGITS = 8;

/** Returns the position of the item at `index`, or the beginning of an empty page. */
export function positionAt<T>(source: ListSource<T>, page: TwilioPage<T>, index: number): Position {
  const item = page.items[index];
  return {
    page: page.name,
    pageSize: page.pageSize,
    offset: item === undefined ? 0 : index + 1,
    sid: item === undefined ? null : source.sidOf(item),
    time: item === undefined ? null : source.timeOf(item),
    anchors: page.items
      .slice(Math.max(0, index - ANCHORS), Math.max(0, index))
      .map((before) => source.sidOf(before).slice(-ANCHOR_DIGITS))
      .reverse(),
    next: index >= page.items.length - 1 ? page.next : null,
    previous: index <= 0 ? page.previous : null,
    trail: page.trail,
  };
}
