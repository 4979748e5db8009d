import type { PageName, PageTrail, TwilioPage } from '../twilio/page.ts';
import type { ListSource } from './list-source.ts';

/**
 * A place in a list, named by the item just passed: where "after" it goes on, and "before" it goes back.
 * Twilio pages by opaque tokens, so the place is a page as Twilio named it and an offset in it; the SID
 * finds the item again when the page has shifted.
 */
export interface Position {
  readonly page: PageName | null;
  /** The size `page` was asked with; asked again with the same, it holds the same items. */
  readonly pageSize: number;
  /** How many items of `page` have been passed, the named one included. */
  readonly offset: number;
  /** The item just passed; null where the page is empty. */
  readonly sid: string | null;
  /** The item's sort time in milliseconds, to find the place even when the item has been deleted. */
  readonly time: number | null;
  /** The ends of the SIDs just before it on its page, nearest first: where it has been deleted, they tell its place. */
  readonly anchors: readonly string[];
  /** Set when the item ends its page: going on from here costs exactly one call. */
  readonly next: PageName | null;
  /** Set when the item begins its page: going back from here costs exactly one call. */
  readonly previous: PageName | null;
  /** How `page` was reached, where that was by going on from others. */
  readonly trail?: PageTrail | undefined;
}

/** So many neighbours are named, each by so many digits: enough that not all are deleted, and none mistaken. */
const ANCHORS = 4;
const ANCHOR_DIGITS = 8;

/** The position of the item at `index`; of the page's beginning where the page is empty. */
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
