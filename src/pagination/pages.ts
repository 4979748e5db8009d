import { TwilioError, TwilioResponseError } from '../twilio/errors.ts';
import { MAX_PAGE_SIZE, type PageName, type PageTrail, type TwilioPage } from '../twilio/page.ts';
import { type Position, positionAt } from './cursor.ts';
import { type ListSource, type PageRange, type ScanLimits, SMALL_PAGE_SIZE } from './list-source.ts';
import { type SeekResult, seek } from './seek.ts';

/** Ranges of pages in the direction of reading. A page is requested when its range is pulled. */
export type PageRanges<T> = AsyncGenerator<PageRange<T>, void, void>;

/** Reads forward (older) from the beginning or from a position. */
export async function* pagesAfter<T>(
  source: ListSource<T>,
  after: Position | null,
  limits: ScanLimits,
): PageRanges<T> {
  const rejectCycle = rejectCycles(source.sidOf);
  let trail = after?.trail;
  const next = async (name: PageName | null, size: number): Promise<TwilioPage<T>> => {
    const fetched = await source.fetchPage(name, size);
    rejectCycle(fetched);
    // Cursors on the first page, which are the most frequent, stay short without a trail.
    trail = name === null ? undefined : follow(source, trail, fetched);
    return { ...fetched, trail };
  };
  let scanned = 0;
  let page: TwilioPage<T>;
  if (after && !after.next) {
    const { pages, offset } = await seek(source, after, limits, 'after');
    page = { ...(pages.at(-1) ?? pages[0]), trail };
    rejectCycle(page);
    yield { page, from: offset, to: page.items.length };
  } else {
    page = await next(
      after?.next ?? null,
      after && source.fixedPageSize ? after.pageSize : limits.pageSize(0),
    );
    yield { page, from: 0, to: page.items.length };
  }
  while (page.next) {
    scanned += page.items.length;
    page = await next(page.next, source.fixedPageSize ? page.pageSize : limits.pageSize(scanned));
    yield { page, from: 0, to: page.items.length };
  }
}

/**
 * Reads backward (newer) from a position up to the newest item.
 *
 * @param inclusive whether to begin with the position's own item
 */
export async function* pagesBefore<T>(
  source: ListSource<T>,
  before: Position,
  limits: ScanLimits,
  inclusive = false,
): PageRanges<T> {
  const rejectCycle = rejectCycles(source.sidOf);
  let page: TwilioPage<T>;
  if (before.previous && (!inclusive || before.sid === null)) {
    const size = source.fixedPageSize ? before.pageSize : limits.pageSize(0);
    const previous = await previousPage(source, before.previous, size);
    if (!previous) return yield* pagesFromStart(source, before, limits);
    page = previous;
    yield { page, from: 0, to: page.items.length };
  } else {
    const result = await seek(source, before, limits, 'before');
    yield* backFrom(result, inclusive);
    page = result.pages[0];
  }
  let newest = before;
  for (let scanned = page.items.length; ; scanned += page.items.length) {
    rejectCycle(page);
    if (page.items.length > 0) newest = positionAt(source, page, 0);
    const size = source.fixedPageSize ? page.pageSize : limits.pageSize(scanned);
    const previous = page.previous && (await previousPage(source, page.previous, size));
    if (!previous) {
      // A page without a token is the beginning of the list. With one, Twilio only counts no page before it, but
      // there may be items of pages of another size, or new messages.
      if (page.name === null) return;
      return yield* pagesFromStart(source, newest, limits);
    }
    page = previous;
    yield { page, from: 0, to: page.items.length };
  }
}

/**
 * Reads the page of Twilio's previous_page_uri; undefined when that responds with 400, as it does from the third
 * page on.
 */
async function previousPage<T>(
  source: ListSource<T>,
  name: PageName,
  pageSize: number,
): Promise<TwilioPage<T> | undefined> {
  try {
    return await source.fetchPage(name, pageSize);
  } catch (error) {
    if (error instanceof TwilioError && error.status === 400) return undefined;
    throw error;
  }
}

/**
 * Reads backward without a previous_page_uri: seeks forward from the newest item to the position, then reverses.
 * Mostly the position is the newest item, which costs one small page.
 */
async function* pagesFromStart<T>(
  source: ListSource<T>,
  before: Position,
  limits: ScanLimits,
): PageRanges<T> {
  if (before.sid === null) return;
  const pageSize = source.fixedPageSize ? MAX_PAGE_SIZE : SMALL_PAGE_SIZE;
  const fullPages = { ...limits, pageSize: () => MAX_PAGE_SIZE };
  yield* backFrom(await seek(source, { ...before, page: null, pageSize, offset: 1 }, fullPages, 'before'));
}

/** Returns the pages of a seek in reverse, up to the position. */
async function* backFrom<T>({ pages, offset, found }: SeekResult<T>, inclusive = false): PageRanges<T> {
  for (const [index, page] of pages.toReversed().entries()) {
    const end = found && !inclusive ? offset - 1 : offset;
    const to = index > 0 ? page.items.length : Math.max(0, end);
    yield { page, from: 0, to };
  }
}

/** Number of a SID's 32 digits in a mark; collisions are improbable. */
const MARK_DIGITS = 12;

/**
 * Creates a check that throws when a page begins with the same item as an earlier one: pages that form a cycle
 * would return the same items endlessly.
 */
export function rejectCycles<T>(sidOf: (item: T) => string): (page: TwilioPage<T>) => void {
  const firstSids = new Set<string>();
  return ({ items: [first] }) => {
    if (first === undefined) return;
    const sid = sidOf(first);
    if (firstSids.has(sid)) throw cycleError();
    firstSids.add(sid);
  };
}

/**
 * Detects cycles across requests, by Brent's algorithm. A cursor cannot hold all earlier pages, so it holds one: the
 * last whose number is a power of two. A cycle of any length returns to such a page, at the latest in its second round.
 */
function follow<T>(
  source: ListSource<T>,
  trail: PageTrail | undefined,
  page: TwilioPage<T>,
): PageTrail | undefined {
  const [first] = page.items;
  if (first === undefined) return trail;
  const mark = source.sidOf(first).slice(-MARK_DIGITS);
  if (trail?.mark === mark) throw cycleError();
  const pages = (trail?.pages ?? 0) + 1;
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  return { pages, mark: trail && !isPowerOfTwo ? trail.mark : mark };
}

const cycleError = () => new TwilioResponseError('its pages form a cycle');
