import { ScanLimitError } from '../errors/input.ts';
import type { TwilioPage } from '../twilio/page.ts';
import { type ListSource, MAX_PAGES, type ScanLimits, SMALL_PAGE_SIZE } from './list-source.ts';
import type { Position } from './position.ts';

/** The pages walked, and the offset in the last of them at which the list goes on after the position. */
export interface Place<T> {
  readonly walked: readonly [TwilioPage<T>, ...TwilioPage<T>[]];
  /** How many items of the last walked page lie before the place, the position's own item included. */
  readonly offset: number;
  /** Whether the position's own item was found; it is gone where it has been deleted. */
  readonly found: boolean;
}

/**
 * Finds a position again. The page is asked for by the same name; messages that arrived meanwhile push the
 * item down a first page, or off it on to the next. A page behind a token begins at a fixed item, so there
 * the item is missing only if it has been deleted. Its neighbours tell its place then, by their SIDs, or, where
 * they are gone too, by their time.
 *
 * @throws {ScanLimitError} when the item has been pushed further than the scan budget reaches
 */
export async function locate<T>(
  source: ListSource<T>,
  position: Position,
  limits: ScanLimits,
  argument: 'after' | 'before',
): Promise<Place<T>> {
  const first = await source.fetchPage(position.page, position.pageSize);
  if (position.sid === null) return { walked: [first], offset: 0, found: true };

  const walked: [TwilioPage<T>, ...TwilioPage<T>[]] = [first];
  let gap: Place<T> | undefined;
  let anchored = false;
  for (let page = first, scanned = 0; ; ) {
    const index = page.items.findIndex((item) => source.sidOf(item) === position.sid);
    if (index >= 0) return { walked, offset: index + 1, found: true };
    // Past the page whose last item stood just before it, it would have been the first.
    if (anchored && gap && page.items.length > 0) return gap;
    const anchor = anchorOf(source, page, position.anchors);
    const { newerEnd, older } = timesOf(source, page, position.time);
    if (anchor >= 0) {
      gap = { walked: [...walked], offset: anchor + 1, found: false };
      anchored = true;
    } else {
      if (newerEnd > 0) gap = undefined;
      // Among items of the same second, or without a time, rather one twice than one not at all.
      if (newerEnd < page.items.length) gap ??= { walked: [...walked], offset: newerEnd, found: false };
    }
    const isWithin = anchor >= 0 && anchor + 1 < page.items.length;
    const behindToken = page.name !== null && page.name.pageToken === position.page?.pageToken;
    // The item itself may still follow, until something older or the list's end does.
    if (isWithin || older >= 0 || behindToken || !page.next) {
      return gap ?? { walked, offset: page.items.length, found: false };
    }

    scanned += page.items.length;
    if (scanned >= limits.maxScanned || walked.length >= MAX_PAGES) {
      throw new ScanLimitError(argument, limits.maxScanned);
    }
    const size = source.fixedPageSize
      ? position.pageSize
      : Math.max(limits.pageSize(scanned), SMALL_PAGE_SIZE);
    page = await source.fetchPage(page.next, size);
    walked.push(page);
  }
}

/** The index of the nearest neighbour that is still there, or -1. */
function anchorOf<T>(source: ListSource<T>, page: TwilioPage<T>, anchors: readonly string[]): number {
  for (const anchor of anchors) {
    const index = page.items.findLastIndex((item) => source.sidOf(item).endsWith(anchor));
    if (index >= 0) return index;
  }
  return -1;
}

/** Where on the page the items end that are newer than `time`, and where the first older one stands, or -1. */
function timesOf<T>(source: ListSource<T>, page: TwilioPage<T>, time: number | null) {
  if (time === null) return { newerEnd: 0, older: -1 };
  const times = page.items.map((item) => source.timeOf(item));
  return {
    newerEnd: times.findLastIndex((other) => other !== null && other > time) + 1,
    older: times.findIndex((other) => other !== null && other < time),
  };
}
