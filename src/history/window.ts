import type { TwilioPage } from '../twilio/page.ts';
import { MAX_PAGE_SIZE } from '../twilio/page.ts';
import { type ListSource, MAX_PAGES, type ScanLimits, SMALL_PAGE_SIZE } from './list-source.ts';
import { pagesAfter, pagesBefore, type Slices } from './pages.ts';
import { type Position, positionAt } from './position.ts';

/** Which part of a list is wanted: forward from its beginning or a position, or back from a position. */
export type WindowRequest =
  | { readonly first: number; readonly after: Position | null }
  | { readonly last: number; readonly before: Position };

/** What the gateway drops from the pages, because Twilio cannot. */
export interface ItemFilter<T> {
  accept(item: T): boolean;
  /** Few items are expected to pass: ask for whole pages and stop at the budget. */
  readonly selective: boolean;
}

/** An item and the place it was found at. */
export interface Found<T> {
  readonly item: T;
  readonly page: TwilioPage<T>;
  readonly index: number;
}

/** A part of a list, newest first whichever way it was read. */
export interface Window<T> {
  readonly found: readonly Found<T>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where to go on: the last item, or where the scan ended. Null for an empty list. */
  readonly end: Position | null;
  /** Where to go back from. */
  readonly start: Position | null;
  /** Items Twilio returned for this. */
  readonly scanned: number;
  readonly scanLimitReached: boolean;
}

/** Reads pages until the window is full, the list ends, or `budget` items were scanned for a selective filter. */
export async function readWindow<T>(
  source: ListSource<T>,
  request: WindowRequest,
  filter: ItemFilter<T>,
  budget: number,
): Promise<Window<T>> {
  const forward = 'first' in request;
  const count = forward ? request.first : request.last;
  const found: Found<T>[] = [];
  const limits = scanLimits(source, filter, budget, () => count - found.length);
  const slices: Slices<T> = forward
    ? pagesAfter(source, request.after, limits)
    : pagesBefore(source, request.before, limits);

  let scanned = 0;
  let pages = 0;
  let more = false;
  let scanEnd: Position | null = null;
  for await (const { page, from, to } of slices) {
    scanned += page.items.length;
    pages += 1;
    const step = forward ? 1 : -1;
    for (let index = forward ? from : to - 1; index >= from && index < to; index += step) {
      const item = page.items[index];
      if (item === undefined || !filter.accept(item)) continue;
      // One more than asked for tells that there is more, without another call.
      more = found.length === count;
      if (more) break;
      found.push({ item, page, index });
    }
    if (more) break;
    const goesOn = forward ? page.next !== null : page.name !== null;
    if (found.length === count) {
      more = goesOn && (forward || (await isPreceded(source, page)));
      break;
    }
    if (goesOn && (pages >= MAX_PAGES || (filter.selective && scanned >= budget))) {
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

/** The page size follows the need: what is still wanted, or a thousand at a time to find the few that pass. */
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
 * Whether anything is newer than a page that was reached from behind and has just been used up. Twilio's
 * page numbers cannot tell (they count pages of the size asked for), the newest item can.
 */
async function isPreceded<T>(source: ListSource<T>, page: TwilioPage<T>): Promise<boolean> {
  if (page.previous) return true;
  const newest = (await source.fetchPage(null, source.fixedPageSize ? page.pageSize : 1)).items[0];
  const first = page.items[0];
  return newest !== undefined && first !== undefined && source.sidOf(newest) !== source.sidOf(first);
}
