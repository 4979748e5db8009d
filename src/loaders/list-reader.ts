import DataLoader from 'dataloader';
import { decodeCursor, encodeCursor, hashList } from '../history/cursor.ts';
import type { ListSource } from '../history/list-source.ts';
import { type Position, positionAt } from '../history/position.ts';
import { type Found, type ItemFilter, type ListSlice, readSlice } from '../history/slice.ts';
import type { PageRequest, TwilioPage } from '../twilio/page.ts';
import type { Listable, SidParams } from '../twilio/resource.ts';
import { asError } from './explain-refusal.ts';
import { type Paging, toWindowRequest } from './paging.ts';
import type { Reader } from './reader.ts';

/** A part of a list whose positions can be written as cursors; each is written only when it is asked for. */
export interface CursorWindow<T> extends Omit<ListSlice<T>, 'start' | 'end'> {
  cursorOf(found: Found<T>): string;
  startCursor(): string | null;
  endCursor(): string | null;
}

/** Which part of a list is read, and how. */
export interface ListQuery<T> extends ItemFilter<T> {
  readonly params: SidParams;
  /** Twilio's own filter parameters. */
  readonly filters: PageRequest['filters'];
  /** A cursor holds for one list: this value and {@link owner} tell it from all others. */
  readonly criteria: object;
  /** The account whose list it is. */
  readonly owner: string;
  /** What the list is sorted by, newest first, in milliseconds; null where that is not known. */
  readonly timeOf: (item: T) => number | null;
}

/** Reads parts of one resource's lists for one request. Errors are Twilio's, unexplained. */
export type ListReader<T> = (query: ListQuery<T>, paging: Paging) => Promise<CursorWindow<T>>;

/**
 * Pages of a list are loaded by SIDs, name, size and filters: two fields that ask for the same page share one call.
 *
 * @param seen gets each page that was read, so that its items need no call of their own
 * @param scanBudget how many items a filter of the gateway's may look at for one connection
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
    const request = toWindowRequest(paging, (cursor, argument) => decodeCursor(listHash(), cursor, argument));
    const source: ListSource<T> = {
      fetchPage: (page, pageSize) => pages.load({ params, name: page, pageSize, filters }),
      sidOf: ({ sid }) => sid,
      timeOf,
      fixedPageSize: resource.list.fixedPageSize ?? false,
    };
    const window = await readSlice(source, request, filter, scanBudget);
    return withCursors(source, window, (position) => encodeCursor(listHash(), position));
  };
}

function withCursors<T>(
  source: ListSource<T>,
  window: ListSlice<T>,
  encode: (position: Position) => string,
): CursorWindow<T> {
  const { start, end, ...rest } = window;
  return {
    ...rest,
    cursorOf: ({ page, index }) => encode(positionAt(source, page, index)),
    startCursor: () => start && encode(start),
    endCursor: () => end && encode(end),
  };
}
