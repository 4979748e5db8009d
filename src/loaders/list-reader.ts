import DataLoader from 'dataloader';
import { gatewayError } from '../errors/gateway-error.ts';
import { decodeCursor, encodeCursor, hashList, type Position, positionAt } from '../pagination/cursor.ts';
import type { ListSource } from '../pagination/list-source.ts';
import { type Found, type ItemFilter, type ListSlice, readSlice } from '../pagination/slice.ts';
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

/** Requests a page, by the SIDs in its path, its name, size and Twilio's own filters. Errors are Twilio's, unexplained. */
export type LoadPage<T> = (request: PageRequest & { readonly params: SidParams }) => Promise<TwilioPage<T>>;

/**
 * Creates the loader of one resource's pages, for one request: two fields that need the same page share one call.
 *
 * @param seen receives each page that was read, so that its items need no separate call
 */
export function createPageLoader<T extends { readonly sid: string }>(
  resource: Listable<T>,
  reader: Reader,
  seen: TwilioPage<T>[],
): LoadPage<T> {
  const pages = new DataLoader<Parameters<LoadPage<T>>[0], TwilioPage<T>, string>(
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
  return (request) => pages.load(request);
}

/**
 * Reads a slice of one list.
 *
 * @param listParts identify the list: a cursor is valid for one list only
 * @param scanBudget maximum number of items that a filter in the gateway may scan
 */
export async function readCursorSlice<T>(
  source: ListSource<T>,
  filter: ItemFilter<T>,
  paging: Paging,
  listParts: readonly unknown[],
  scanBudget: number,
): Promise<CursorSlice<T>> {
  let known: string | undefined;
  const listHash = () => {
    known ??= hashList(...listParts);
    return known;
  };
  const encode = (position: Position) => encodeCursor(listHash(), position);
  const request = toSliceRequest(paging, (cursor, argument) => decodeCursor(listHash(), cursor, argument));
  const { start, end, ...slice } = await readSlice(source, request, filter, scanBudget);
  return {
    ...slice,
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
export function toSliceRequest<P>(
  { first, after, last, before }: Paging,
  decode: (cursor: string, argument: 'after' | 'before') => P,
): { readonly first: number; readonly after: P | null } | { readonly last: number; readonly before: P } {
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
