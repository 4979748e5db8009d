import DataLoader from 'dataloader';
import { gatewayError } from '../errors/gateway-error.ts';
import { decodeCursor, encodeCursor, hashList, type Position, positionAt } from '../pagination/cursor.ts';
import type { ListSource } from '../pagination/list-source.ts';
import {
  type Found,
  type ItemFilter,
  type ListSlice,
  readSlice,
  type SliceRequest,
} from '../pagination/slice.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type PageRequest, type TwilioPage } from '../twilio/page.ts';
import type { Listable, SidParams } from '../twilio/resource.ts';
import { asError } from './explain-rejection.ts';
import type { Reader } from './read-summary.ts';

/** A slice of a list that can encode its positions as cursors, each only when it is requested. */
export interface CursorSlice<T> extends Omit<ListSlice<T>, 'start' | 'end'> {
  cursorOf(found: Found<T>): string;
  startCursor(): string | null;
  endCursor(): string | null;
}

/** The list to read and its filter. */
export interface ListQuery<T> extends ItemFilter<T> {
  readonly params: SidParams;
  /** Twilio's own filter parameters. */
  readonly filters: PageRequest['filters'];
  /** Identifies the list together with {@link owner}: a cursor is valid for one list only. */
  readonly criteria: object;
  /** The SID of the account that the list belongs to. */
  readonly owner: string;
  /** Returns the time by which the list is sorted, newest first, in milliseconds; null if unknown. */
  readonly timeOf: (item: T) => number | null;
}

/** Reads slices of one resource's lists for one request. Errors are Twilio's, unexplained. */
export type ListReader<T> = (query: ListQuery<T>, paging: Paging) => Promise<CursorSlice<T>>;

/**
 * Creates a reader of lists. Pages are loaded by SIDs, name, size and filters: two fields that need the same page share
 * one call.
 *
 * @param seen receives each page that was read, so that its items need no separate call
 * @param scanBudget maximum number of items that a filter in the gateway may scan for one connection
 */
export function createListReader<T extends { readonly sid: string }>(
  resource: Listable<T>,
  reader: Reader,
  seen: TwilioPage<T>[],
  scanBudget: number,
): ListReader<T> {
  type Key = PageRequest & { readonly params: SidParams };
  const pages = new DataLoader<Key, TwilioPage<T>, string>(
    (keys) =>
      Promise.all(
        keys.map(async ({ params, ...request }) => {
          try {
            const page = await reader.list(resource, params, request);
            seen.push(page);
            return page;
          } catch (error) {
            return asError(error);
          }
        }),
      ),
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
  const name = resource.list.key;

  return async ({ params, filters, criteria, owner, timeOf, ...filter }, paging) => {
    let known: string | undefined;
    const listHash = () => {
      known ??= hashList(name, owner, criteria);
      return known;
    };
    const request = toSliceRequest(paging, (cursor, argument) => decodeCursor(listHash(), cursor, argument));
    const source: ListSource<T> = {
      fetchPage: (page, pageSize) => pages.load({ params, name: page, pageSize, filters }),
      sidOf: ({ sid }) => sid,
      timeOf,
      fixedPageSize: resource.list.fixedPageSize ?? false,
    };
    const slice = await readSlice(source, request, filter, scanBudget);
    return withCursors(source, slice, (position) => encodeCursor(listHash(), position));
  };
}

function withCursors<T>(
  source: ListSource<T>,
  slice: ListSlice<T>,
  encode: (position: Position) => string,
): CursorSlice<T> {
  const { start, end, ...rest } = slice;
  return {
    ...rest,
    cursorOf: ({ page, index }) => encode(positionAt(source, page, index)),
    startCursor: () => start && encode(start),
    endCursor: () => end && encode(end),
  };
}

/** Relay's four pagination arguments, as received. */
export interface Paging {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/**
 * Validates Relay's arguments and decodes the cursor.
 *
 * @throws {BAD_USER_INPUT} for contradictory arguments, or a number outside 1 to 1,000
 * @throws {CURSOR_INVALID}
 */
export function toSliceRequest(
  { first, after, last, before }: Paging,
  decode: (cursor: string, argument: 'after' | 'before') => Position,
): SliceRequest {
  const forward = first != null || after != null;
  const backward = last != null || before != null;
  if (forward && backward) {
    throw gatewayError(
      'BAD_USER_INPUT',
      'Page in one direction: "first" with "after", or "last" with "before", not both.',
      last != null ? 'last' : 'before',
    );
  }
  if (!backward) {
    const count = checkCount(first ?? DEFAULT_PAGE_SIZE, 'first');
    return { first: count, after: after == null ? null : decode(after, 'after') };
  }
  if (before == null) {
    throw gatewayError(
      'BAD_USER_INPUT',
      '"last" requires "before": Twilio lists newest first and cannot start at the oldest. Pass the startCursor of a page as "before".',
      'last',
    );
  }
  return { last: checkCount(last ?? DEFAULT_PAGE_SIZE, 'last'), before: decode(before, 'before') };
}

function checkCount(count: number, argument: 'first' | 'last'): number {
  if (count >= 1 && count <= MAX_PAGE_SIZE) return count;
  throw gatewayError(
    'BAD_USER_INPUT',
    `"${argument}" must be between 1 and ${MAX_PAGE_SIZE}, but is ${count}.`,
    argument,
  );
}

/** Returns the name of the argument that holds a cursor, if any. */
export function cursorIn({ after, before }: Paging): 'after' | 'before' | undefined {
  if (before != null) return 'before';
  return after == null ? undefined : 'after';
}
