import { MAX_PAGE_SIZE, type TwilioPage } from '../twilio/page.ts';
import { type Position, positionAt } from './cursor.ts';
import { type ListSource, MAX_PAGES, type ScanLimits, SMALL_PAGE_SIZE } from './list-source.ts';
import { type PageRanges, pagesAfter, pagesBefore } from './pages.ts';

/** The requested part of a list: forward from its beginning or a position, or back from a position. */
export type SliceRequest =
  | { readonly first: number; readonly after: Position | null }
  | { readonly last: number; readonly before: Position };

/** A filter that the gateway applies to the pages, because Twilio cannot. */
export interface ItemFilter<T> {
  accept(item: T): boolean;
  /** Whether few items pass: then request full pages and stop at the scan budget. */
  readonly selective: boolean;
  /** Whether no item from this one on is accepted, so that the list need not be read to its end. */
  isPastEnd?(item: T): boolean;
}

/** An item, its page and its index on the page. */
export interface Found<T> {
  readonly item: T;
  readonly page: TwilioPage<T>;
  readonly index: number;
}

/** A part of a list, newest first in either direction. */
export interface ListSlice<T> {
  readonly found: readonly Found<T>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where to continue: the last item, or the end of the scan. Null for an empty list. */
  readonly end: Position | null;
  /** Where to go back from: the first item, or the end of a backward scan. */
  readonly start: Position | null;
  /** Number of items that Twilio returned. */
  readonly scanned: number;
  readonly scanLimitReached: boolean;
}

/** Reads pages until the slice is full, the list ends, or a selective filter has scanned `budget` items. */
export async function readSlice<T>(
  source: ListSource<T>,
  request: SliceRequest,
  filter: ItemFilter<T>,
  budget: number,
): Promise<ListSlice<T>> {
  const forward = 'first' in request;
  const count = forward ? request.first : request.last;
  const found: Found<T>[] = [];
  const limits = scanLimits(source, filter, budget, () => count - found.length);
  const ranges: PageRanges<T> = forward
    ? pagesAfter(source, request.after, limits)
    : pagesBefore(source, request.before, limits);

  let scanned = 0;
  let pages = 0;
  let more = false;
  let isPastEnd = false;
  let scanEnd: Position | null = null;
  for await (const { page, from, to } of ranges) {
    scanned += page.items.length;
    pages += 1;
    const step = forward ? 1 : -1;
    for (let index = forward ? from : to - 1; index >= from && index < to; index += step) {
      const item = page.items[index];
      if (item === undefined) continue;
      isPastEnd = forward && filter.isPastEnd?.(item) === true;
      if (isPastEnd) break;
      if (!filter.accept(item)) continue;
      // One extra match shows that more follow, without another call.
      more = found.length === count;
      if (more) break;
      found.push({ item, page, index });
    }
    if (more || isPastEnd) break;
    const continues = forward ? page.next !== null : page.name !== null;
    if (found.length === count) {
      more = continues && (forward || (await isPreceded(source, page)));
      break;
    }
    if (continues && (pages >= MAX_PAGES || (filter.selective && scanned >= budget))) {
      scanEnd = positionAt(source, page, forward ? page.items.length - 1 : 0);
      break;
    }
  }

  if (!forward) found.reverse();
  const first = found[0];
  const last = found.at(-1);
  const start = first ? positionAt(source, first.page, first.index) : null;
  const end = last ? positionAt(source, last.page, last.index) : null;
  const scanLimitReached = scanEnd !== null;
  return {
    found,
    scanned,
    scanLimitReached,
    hasNextPage: forward ? more || scanLimitReached : true,
    hasPreviousPage: forward ? request.after !== null : more || scanLimitReached,
    end: forward ? (scanEnd ?? end) : (end ?? request.before),
    start: forward ? start : (scanEnd ?? start),
  };
}

/** Chooses page sizes: the number of items still needed, or up to 1000 for a selective filter. */
function scanLimits<T>(
  source: ListSource<T>,
  filter: ItemFilter<T>,
  budget: number,
  wanted: () => number,
): ScanLimits {
  const clamp = (size: number) => Math.max(1, Math.min(MAX_PAGE_SIZE, size));
  return {
    maxScanned: budget,
    pageSize(scanned) {
      if (filter.selective) return clamp(budget - scanned);
      return clamp(source.fixedPageSize ? Math.max(SMALL_PAGE_SIZE, wanted()) : wanted());
    },
  };
}

/**
 * Whether newer items precede a page that was read backwards to its beginning. Twilio's page numbers cannot tell,
 * because they count pages of the requested size; the newest item can.
 */
export async function isPreceded<T>(source: ListSource<T>, page: TwilioPage<T>): Promise<boolean> {
  if (page.previous) return true;
  const newest = (await source.fetchPage(null, source.fixedPageSize ? page.pageSize : 1)).items[0];
  const first = page.items[0];
  return newest !== undefined && first !== undefined && source.sidOf(newest) !== source.sidOf(first);
}
