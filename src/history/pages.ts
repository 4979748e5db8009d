import type { TwilioPage } from '../twilio/page.ts';
import { MAX_PAGE_SIZE } from '../twilio/page.ts';
import { TwilioError } from '../twilio-error.ts';
import { follow, rejectCycles } from './cycle.ts';
import { type ListSource, type ScanLimits, type Slice, SMALL_PAGE_SIZE } from './list-source.ts';
import { locate, type Place } from './locate.ts';
import { type Position, positionAt } from './position.ts';

/** A lazily paged list: a page is asked for when its slice is. Slices come in the direction of reading. */
export type Slices<T> = AsyncGenerator<Slice<T>, void, void>;

/** Reads on (older) from the beginning or from after a position. Nothing is asked until it is pulled. */
export async function* pagesAfter<T>(
  source: ListSource<T>,
  after: Position | null,
  limits: ScanLimits,
): Slices<T> {
  const rejectCycle = rejectCycles(source.sidOf);
  let trail = after?.trail;
  const next = async (name: TwilioPage<T>['next'], size: number): Promise<TwilioPage<T>> => {
    const fetched = await source.fetchPage(name, size);
    rejectCycle(fetched);
    // A cursor of the first page, which most are, is short.
    trail = name === null ? undefined : follow(source, trail, fetched);
    return { ...fetched, trail };
  };
  let scanned = 0;
  let page: TwilioPage<T>;
  if (after && !after.next) {
    const { walked, offset } = await locate(source, after, limits, 'after');
    page = { ...(walked.at(-1) ?? walked[0]), trail };
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

/** Reads back (newer) from before a position, up to the newest item there is. */
export async function* pagesBefore<T>(
  source: ListSource<T>,
  before: Position,
  limits: ScanLimits,
): Slices<T> {
  const rejectCycle = rejectCycles(source.sidOf);
  let page: TwilioPage<T>;
  if (before.previous) {
    const size = source.fixedPageSize ? before.pageSize : limits.pageSize(0);
    const previous = await previousPage(source, before.previous, size);
    if (!previous) return yield* pagesFromStart(source, before, limits);
    page = previous;
    yield { page, from: 0, to: page.items.length };
  } else {
    const place = await locate(source, before, limits, 'before');
    yield* backFrom(place);
    page = place.walked[0];
  }
  let newest = before;
  for (let scanned = page.items.length; ; scanned += page.items.length) {
    rejectCycle(page);
    if (page.items.length > 0) newest = positionAt(source, page, 0);
    const size = source.fixedPageSize ? page.pageSize : limits.pageSize(scanned);
    const previous = page.previous && (await previousPage(source, page.previous, size));
    if (!previous) {
      // Without a token this is the list's beginning. Behind one, Twilio only says that it counts no page
      // before this one: pages of another size, or new messages, may well be there.
      if (page.name === null) return;
      return yield* pagesFromStart(source, newest, limits);
    }
    page = previous;
    yield { page, from: 0, to: page.items.length };
  }
}

/**
 * Twilio's previous_page_uri, which has been seen to answer 400 from the third page on; undefined then.
 */
async function previousPage<T>(
  source: ListSource<T>,
  name: NonNullable<TwilioPage<T>['previous']>,
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
 * The way back that needs no previous_page_uri: walks from the newest item to the position's, then turns round.
 * Where that is the newest item itself, as it mostly is, this is one small page.
 */
async function* pagesFromStart<T>(source: ListSource<T>, before: Position, limits: ScanLimits): Slices<T> {
  if (before.sid === null) return;
  const pageSize = source.fixedPageSize ? MAX_PAGE_SIZE : SMALL_PAGE_SIZE;
  const walk = { ...limits, pageSize: () => MAX_PAGE_SIZE };
  yield* backFrom(await locate(source, { ...before, page: null, pageSize, offset: 1 }, walk, 'before'));
}

/** Reads back over the pages that were walked to find a place. */
async function* backFrom<T>({ walked, offset, found }: Place<T>): Slices<T> {
  for (const [index, page] of walked.toReversed().entries()) {
    // The position's own item is not before itself.
    const to = index > 0 ? page.items.length : Math.max(0, found ? offset - 1 : offset);
    yield { page, from: 0, to };
  }
}
