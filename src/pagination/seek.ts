import { gatewayError } from '../errors/gateway-error.ts';
import type { TwilioPage } from '../twilio/page.ts';
import type { Position } from './cursor.ts';
import { type ListSource, MAX_PAGES, type ScanLimits, SMALL_PAGE_SIZE } from './list-source.ts';

/** The pages read by {@link seek}, and the offset in the last of them just after the position. */
export interface SeekResult<T> {
  readonly pages: readonly [TwilioPage<T>, ...TwilioPage<T>[]];
  /** Number of items of the last page up to the position, including its own item. */
  readonly offset: number;
  /** Whether the position's own item was found; false after a deletion. */
  readonly found: boolean;
}

/**
 * Finds a position again. It requests the page by the same name. On a first page, new messages shift the item down
 * or onto a later page. A page with a token begins at a fixed item, so a missing item was deleted; then the SIDs of
 * its neighbours give the position, or its time when they were deleted too.
 *
 * @throws {SCAN_LIMIT_REACHED} when the item has moved beyond the scan budget
 */
export async function seek<T>(
  source: ListSource<T>,
  position: Position,
  limits: ScanLimits,
  argument: 'after' | 'before',
): Promise<SeekResult<T>> {
  const first = await source.fetchPage(position.page, position.pageSize);
  if (position.sid === null) return { pages: [first], offset: 0, found: true };

  const pages: [TwilioPage<T>, ...TwilioPage<T>[]] = [first];
  let gap: SeekResult<T> | undefined;
  let anchored = false;
  for (let page = first, scanned = 0; ; ) {
    const index = page.items.findIndex((item) => source.sidOf(item) === position.sid);
    if (index >= 0) return { pages, offset: index + 1, found: true };
    // The previous page ended with its neighbour, so the item would be the first of this page.
    if (anchored && gap && page.items.length > 0) return gap;
    const anchor = anchorOf(source, page, position.anchors);
    const { newerEnd, older } = timesOf(source, page, position.time);
    if (anchor >= 0) {
      gap = { pages: [...pages], offset: anchor + 1, found: false };
      anchored = true;
    } else {
      if (newerEnd > 0) gap = undefined;
      // Within the same second, or without a time, repeating an item is better than skipping one.
      if (newerEnd < page.items.length) gap ??= { pages: [...pages], offset: newerEnd, found: false };
    }
    const isWithin = anchor >= 0 && anchor + 1 < page.items.length;
    const hasToken = page.name !== null && page.name.pageToken === position.page?.pageToken;
    // Otherwise the item may still follow, until an older item or the end of the list.
    if (isWithin || older >= 0 || hasToken || !page.next) {
      return gap ?? { pages, offset: page.items.length, found: false };
    }

    scanned += page.items.length;
    if (scanned >= limits.maxScanned || pages.length >= MAX_PAGES) {
      throw gatewayError('SCAN_LIMIT_REACHED', argument, limits.maxScanned);
    }
    const size = source.fixedPageSize
      ? position.pageSize
      : Math.max(limits.pageSize(scanned), SMALL_PAGE_SIZE);
    page = await source.fetchPage(page.next, size);
    pages.push(page);
  }
}

/** Returns the index of the nearest remaining neighbour, or -1. */
function anchorOf<T>(source: ListSource<T>, page: TwilioPage<T>, anchors: readonly string[]): number {
  for (const anchor of anchors) {
    const index = page.items.findLastIndex((item) => source.sidOf(item).endsWith(anchor));
    if (index >= 0) return index;
  }
  return -1;
}

/** Returns the end of the items newer than `time`, and the index of the first older one or -1. */
function timesOf<T>(source: ListSource<T>, page: TwilioPage<T>, time: number | null) {
  if (time === null) return { newerEnd: 0, older: -1 };
  const times = page.items.map((item) => source.timeOf(item));
  return {
    newerEnd: times.findLastIndex((other) => other !== null && other > time) + 1,
    older: times.findIndex((other) => other !== null && other < time),
  };
}
