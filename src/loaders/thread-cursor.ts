import type { MessageKey } from '../history/history-store.ts';
import { hashList } from '../pagination/cursor.ts';
import type { Found } from '../pagination/slice.ts';
import { type CursorSource, decodeKeyCursor, encodeKeyCursor } from './key-cursor.ts';
import { type CursorSlice, type Paging, toSliceRequest } from './list-reader.ts';
import type { ThreadItem } from './message-source.ts';

/** A page of threads that is asked for; pages go forward only. */
export interface ThreadPage {
  readonly source: CursorSource;
  readonly listHash: string;
  readonly limit: number;
  readonly after: MessageKey | undefined;
}

/** @param listParts identify the list: a cursor is valid for one list only. @throws {CURSOR_INVALID} {BAD_USER_INPUT} */
export function readThreadPaging(
  source: CursorSource,
  { first, after }: Pick<Paging, 'first' | 'after'>,
  listParts: readonly unknown[],
): ThreadPage {
  const listHash = hashList('threads', ...listParts);
  const request = toSliceRequest({ first, after }, (cursor, argument) =>
    decodeKeyCursor(source, listHash, cursor, argument),
  );
  if (!('first' in request)) throw new Error('threads are not read backward');
  return { source, listHash, limit: request.first, after: request.after ?? undefined };
}

/** Makes a page of threads with its cursors. @param more whether others follow */
export function toThreadSlice(
  threads: readonly ThreadItem[],
  more: boolean,
  { source, listHash, after }: ThreadPage,
): CursorSlice<ThreadItem> {
  const cursorOf = (item: ThreadItem | undefined) =>
    item ? encodeKeyCursor(source, listHash, item.key) : null;
  return {
    found: foundIn(threads),
    scanned: 0,
    scanLimitReached: false,
    hasNextPage: more,
    hasPreviousPage: after !== undefined,
    cursorOf: ({ item }) => encodeKeyCursor(source, listHash, item.key),
    startCursor: () => cursorOf(threads[0]),
    endCursor: () => cursorOf(threads.at(-1)),
  };
}

/** Takes a page of threads that are all known. */
export function sliceThreads(threads: readonly ThreadItem[], page: ThreadPage): CursorSlice<ThreadItem> {
  const { limit, after } = page;
  const rest = threads.filter(({ key }) => !after || precedes(after, key));
  return toThreadSlice(rest.slice(0, limit), rest.length > limit, page);
}

/** Whether a place comes before another one, newest first. */
export function precedes(one: MessageKey, other: MessageKey): boolean {
  return one.time > other.time || (one.time === other.time && one.sid > other.sid);
}

/** Items that were not read from a page of Twilio's. */
export function foundIn<T>(items: readonly T[]): Found<T>[] {
  const page = { items, name: null, pageSize: items.length, next: null, previous: null };
  return items.map((item, index) => ({ item, page, index }));
}
