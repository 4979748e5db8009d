import { positionAt } from './cursor.ts';
import type { MergePosition } from './merge-position.ts';
import { type MergeList, type MergeOptions, MergeStream, type Scan } from './merge-stream.ts';
import type { Found } from './slice.ts';

export type MergeRequest =
  | { readonly first: number; readonly after: MergePosition | null }
  | { readonly last: number; readonly before: MergePosition };

/** An item, and the index of its list. */
export interface MergedItem<T> extends Found<T> {
  readonly list: number;
}

/** A part of a merge, newest first in either direction. */
export interface MergedSlice<T> {
  readonly found: readonly MergedItem<T>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Just after an item of `found`. */
  positionAt(index: number): MergePosition;
  /** Where to continue: after the last item, or at the end of the scan. Null for an empty merge. */
  readonly end: MergePosition | null;
  /** Where to go back from: the first item, or the end of a backward scan. */
  readonly start: MergePosition | null;
  /** Number of items that Twilio returned. */
  readonly scanned: number;
  readonly scanLimitReached: boolean;
  /** Why lists could not be read, by their index. The other lists are complete. */
  readonly failures: ReadonlyMap<number, unknown>;
}

/**
 * Merges lists that are sorted by time, newest first; items of the same time come in the order of the lists. A list is
 * read only as far as its items are needed: one page for each slice, if the slice needs no more, and none once it has
 * ended. Lists that grow meanwhile change nothing that follows a position.
 */
export async function readMerged<T>(
  lists: readonly MergeList<T>[],
  request: MergeRequest,
  options: MergeOptions<T>,
): Promise<MergedSlice<T>> {
  const forward = 'first' in request;
  const from = forward ? request.after : request.before;
  const count = forward ? request.first : request.last;
  const found: MergedItem<T>[] = [];
  const scan: Scan<T> = { ...options, from, forward, scanned: 0, wanted: () => count - found.length };
  const streams = lists.map((list, index) => new MergeStream(list, index, scan));

  await Promise.all(streams.map((stream) => stream.advance()));
  while (!streams.some((stream) => stream.stopped)) {
    const next = nextStream(streams, scan);
    if (!next?.head) break;
    found.push({ ...next.head, list: next.index });
    if (found.length === count) {
      next.pass();
      break;
    }
    await next.advance();
  }
  if (!forward) found.reverse();

  const continues = (await Promise.all(streams.map((stream) => stream.continues()))).includes(true);
  const placesOf = lists.map((_, list) =>
    found.flatMap((item, index) => (item.list === list ? [index] : [])),
  );
  const at = (index: number) => mergePosition(streams, found, placesOf, index, scan);
  const scanLimitReached = streams.some((stream) => stream.stopped);
  const scanEnd = scanLimitReached ? at(forward ? found.length : -1) : null;
  return {
    found,
    hasNextPage: forward ? continues : true,
    hasPreviousPage: forward ? from !== null : continues,
    positionAt: at,
    end: (forward ? scanEnd : null) ?? (found.length > 0 ? at(found.length - 1) : from),
    start: (forward ? null : scanEnd) ?? (found.length > 0 ? at(0) : null),
    scanned: scan.scanned,
    scanLimitReached,
    failures: new Map(
      streams.filter(({ error }) => error !== undefined).map(({ index, error }) => [index, error]),
    ),
  };
}

/** Returns the stream with the newest head; backward, with the oldest. */
function nextStream<T>(streams: readonly MergeStream<T>[], { forward, timeOf }: Scan<T>) {
  let next: MergeStream<T> | undefined;
  let nextTime = 0;
  for (const stream of streams) {
    if (!stream.head) continue;
    const time = timeOf(stream.head.item);
    // Among heads of the same time, the first list comes first.
    if (!next || (forward ? time > nextTime : time <= nextTime)) {
      next = stream;
      nextTime = time;
    }
  }
  return next;
}

/**
 * @param placesOf the places of each list's items in `found`
 * @param index of an item of `found`; before or behind all of them at the end of a scan
 */
function mergePosition<T>(
  streams: readonly MergeStream<T>[],
  found: readonly MergedItem<T>[],
  placesOf: readonly (readonly number[])[],
  index: number,
  { from, forward, timeOf }: Scan<T>,
): MergePosition {
  const own = found[index];
  const nearest = own ?? found.at(forward ? -1 : 0);
  return {
    time: nearest ? timeOf(nearest.item) : (from?.time ?? Number.MAX_SAFE_INTEGER),
    lists: streams.map((stream, list) => {
      const places = placesOf[list] ?? [];
      const before = found[places.findLast((place) => place <= index) ?? -1];
      const follows = (places.at(-1) ?? -1) > index;
      const known = from?.lists[list];
      const isOwn = own?.list === list;
      const isPassed = !isOwn && (forward ? !follows : !before);
      const at = before && positionAt(stream.source, before.page, before.index);
      return {
        position: isPassed ? stream.position() : (at ?? known?.position ?? null),
        ended:
          !follows &&
          (forward ? !stream.head && stream.exhausted : known?.ended === true && !known.exclusive),
        exclusive: isOwn || (!before && !forward && (stream.stopped || stream.error !== undefined)),
        failed: stream.error !== undefined,
      };
    }),
  };
}
