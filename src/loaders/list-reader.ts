import DataLoader from 'dataloader';
import { decodeCursor, encodeCursor, hashList } from '../pagination/cursor.ts';
import type { ListSource } from '../pagination/list-source.ts';
import { type Position, positionAt } from '../pagination/position.ts';
import { type Found, type ItemFilter, type ListSlice, readSlice } from '../pagination/slice.ts';
import type { PageRequest, TwilioPage } from '../twilio/page.ts';
import type { Listable, SidParams } from '../twilio/resource.ts';
import { asError } from './explain-rejection.ts';
import { type Paging, toSliceRequest } from './paging.ts';
import type { Reader } from './reader.ts';

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
