import { gatewayError } from '../errors/gateway-error.ts';
import { MAX_PAGE_SIZE } from '../twilio/page.ts';
import { type Position, positionAt } from './cursor.ts';
import { type ListSource, MAX_PAGES, type PageRange, type ScanLimits } from './list-source.ts';
import type { MergePosition } from './merge-position.ts';
import { type PageRanges, pagesAfter, pagesBefore } from './pages.ts';
import { type Found, isPreceded } from './slice.ts';

/** One of the lists that are merged. */
export interface MergeList<T> {
  readonly source: ListSource<T>;
  /** Whether the gateway keeps an item of this list. */
  accept(item: T): boolean;
  /** Whether no item of the list from this one on is accepted. */
  isPastEnd?(item: T): boolean;
}

export interface MergeOptions<T> {
  /** The time by which items are merged, newest first, in milliseconds. */
  timeOf(item: T): number;
  /** Whether few items are accepted: then full pages are read, up to `budget` items of all lists together. */
  readonly selective: boolean;
  readonly budget: number;
}

/** The state that the streams of one slice share. */
export interface Scan<T> extends MergeOptions<T> {
  readonly forward: boolean;
  readonly from: MergePosition | null;
  /** Number of items that the slice still needs. */
  wanted(): number;
  /** Number of items that Twilio returned, of all lists. */
  scanned: number;
}

/** The accepted items of one list in one direction. A page is read when an item of it is needed. */
export class MergeStream<T> {
  readonly source: ListSource<T>;
  readonly index: number;
  /** The next item. */
  head: Found<T> | undefined;
  /** Whether the scan budget was spent before the next item was found. */
  stopped = false;
  /** Whether the list has no further item in this direction. */
  exhausted = false;
  /** Why the list could not be read. */
  error: unknown;
  readonly #list: MergeList<T>;
  readonly #scan: Scan<T>;
  readonly #items: AsyncGenerator<Found<T>, void, void>;
  #range: PageRange<T> | undefined;
  /** The last item that was passed, accepted or not. */
  #passed: Omit<Found<T>, 'item'> | undefined;

  constructor(list: MergeList<T>, index: number, scan: Scan<T>) {
    this.source = list.source;
    this.index = index;
    this.#list = list;
    this.#scan = scan;
    this.#items = this.#read();
  }

  /** Passes the head and finds the next one. */
  async advance(): Promise<void> {
    this.pass();
    try {
      this.head = (await this.#items.next()).value ?? undefined;
    } catch (error) {
      this.error = error;
    }
  }

  /** Passes the head. */
  pass(): void {
    this.#passed = this.head ?? this.#passed;
    this.head = undefined;
  }

  /** Whether the list may have further items in this direction. */
  async continues(): Promise<boolean> {
    if (this.head || this.stopped) return true;
    if (this.exhausted || this.error !== undefined || !this.#range || !this.#passed) return false;
    const { page, from, to } = this.#range;
    const { index } = this.#passed;
    const rest = this.#scan.forward ? page.items.slice(index + 1, to) : page.items.slice(from, index);
    const { isPastEnd } = this.#list;
    if (rest.some((item) => this.#list.accept(item))) return true;
    if (this.#scan.forward) return page.next !== null && !rest.some((item) => isPastEnd?.(item));
    return page.name !== null && isPreceded(this.source, page);
  }

  /** The position just after the last item that precedes the stream's place; null if none does. Backward at the end of a scan, exclusively. */
  position(): Position | null {
    const known = this.#scan.from?.lists[this.index]?.position ?? null;
    const passed = this.#passed;
    if (this.#scan.forward) return passed ? positionAt(this.source, passed.page, passed.index) : known;
    if (this.head) return positionAt(this.source, this.head.page, this.head.index);
    if (this.exhausted) return null;
    return passed && this.error === undefined
      ? positionAt(this.source, passed.page, passed.index - 1)
      : known;
  }

  async *#read(): AsyncGenerator<Found<T>, void, void> {
    const { forward, selective, budget, from } = this.#scan;
    const known = from?.lists[this.index];
    let arrivedSince = forward && from !== null && !known?.position && !known?.failed;
    let pages = 0;
    for await (const range of this.#ranges()) {
      const { page } = range;
      this.#range = range;
      this.#scan.scanned += page.items.length;
      pages += 1;
      const step = forward ? 1 : -1;
      for (
        let index = forward ? range.from : range.to - 1;
        index >= range.from && index < range.to;
        index += step
      ) {
        const item = page.items[index];
        if (item === undefined) continue;
        if (forward && this.#list.isPastEnd?.(item)) {
          this.exhausted = true;
          return;
        }
        arrivedSince &&= this.#precedes(item);
        const found = { item, page, index };
        if (!arrivedSince && this.#list.accept(item)) yield found;
        this.#passed = found;
      }
      const continues = forward ? page.next !== null : page.name !== null;
      if (continues && (pages >= MAX_PAGES || (selective && this.#scan.scanned >= budget))) {
        this.#passed = { page, index: forward ? page.items.length - 1 : 0 };
        this.stopped = true;
        return;
      }
    }
    this.exhausted = true;
  }

  #ranges(): PageRanges<T> {
    const { forward, from, selective, budget } = this.#scan;
    const clamp = (size: number) => Math.max(1, Math.min(MAX_PAGE_SIZE, size));
    const limits: ScanLimits = {
      maxScanned: budget,
      pageSize: () => clamp(selective ? budget - this.#scan.scanned : this.#scan.wanted()),
    };
    const { position = null, ended = false, exclusive = false } = from?.lists[this.index] ?? {};
    if (!forward) {
      if (!position) return this.#pagesOfArrivals(limits);
      return pagesBefore(this.source, position, limits, !exclusive);
    }
    if (ended) return none();
    // A larger page from the same item, so that one page has all items the slice may need.
    const resized = position?.sid ? { pageSize: clamp(position.offset + limits.pageSize(0)) } : {};
    return pagesAfter(this.source, position && { ...position, ...resized }, limits);
  }

  /** Reads what has arrived in a list since a position that no item of it precedes, newest last. */
  async *#pagesOfArrivals(limits: ScanLimits): PageRanges<T> {
    const ranges: PageRange<T>[] = [];
    let scanned = 0;
    for await (const { page } of pagesAfter(this.source, null, limits)) {
      const known = page.items.findIndex((item) => !this.#precedes(item));
      ranges.push({ page, from: 0, to: known < 0 ? page.items.length : known });
      if (known >= 0) break;
      scanned += page.items.length;
      if (scanned >= limits.maxScanned) throw gatewayError('SCAN_LIMIT_REACHED', 'before', limits.maxScanned);
    }
    yield* ranges.reverse();
  }

  /** Whether an item comes before the merge's position. */
  #precedes(item: T): boolean {
    const { from, timeOf } = this.#scan;
    if (!from) return false;
    const difference = timeOf(item) - from.time;
    return (
      difference > 0 || (difference === 0 && this.index < from.lists.findIndex(({ exclusive }) => exclusive))
    );
  }
}

async function* none(): AsyncGenerator<never, void, void> {}
