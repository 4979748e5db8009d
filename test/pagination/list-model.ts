import { decodeCursor, encodeCursor, type Position } from '../../src/pagination/cursor.ts';
import type { ListSource } from '../../src/pagination/list-source.ts';
import { readSlice, type SliceRequest } from '../../src/pagination/slice.ts';
import { TwilioError } from '../../src/twilio/errors.ts';
import type { PageName, TwilioPage } from '../../src/twilio/page.ts';

export interface Item {
  /** Higher is newer; the SID derives from it. */
  readonly rank: number;
  readonly time: number | null;
}

export interface Quirks {
  /** Number of items in the same second. */
  perSecond: number;
  /** Interval of items without a time; 0 for none. */
  noTime: number;
  /** Behaviour of previous_page_uri; Twilio responds 400 from the third page on. */
  previous: 'works' | 'rejected' | 'empty';
  /** Whether pages with odd numbers are empty although more follow. */
  emptyPages: boolean;
  /** Maximum items per page; 0 is off. */
  maxItems: number;
  /** Whether a token with another page size than its own throws. */
  fixedPageSize: boolean;
}

const NO_QUIRKS: Quirks = {
  perSecond: 1,
  noTime: 0,
  previous: 'works',
  emptyPages: false,
  maxItems: 0,
  fixedPageSize: false,
};

const badRequest = (code: number) =>
  new TwilioError('no', { source: 'api', code, status: 400, moreInfo: null, requestId: null });

/** A list with Twilio's paging: tokens name an item; page numbers are client state only. */
export class ListModel {
  items: Item[] = [];
  calls = 0;
  readonly #quirks: Quirks;
  #newest = 0;

  constructor(count: number, quirks: Partial<Quirks> = {}) {
    this.#quirks = { ...NO_QUIRKS, ...quirks };
    this.insert(count);
  }

  /** Adds new items at the head. */
  insert(count: number): void {
    for (let left = count; left > 0; left -= 1) this.add(this.#newest + 1);
  }

  /** Adds an item of a rank above all others. */
  add(rank: number): void {
    const { perSecond, noTime } = this.#quirks;
    this.#newest = rank;
    const timeless = noTime > 0 && rank % noTime === 0;
    this.items.unshift({ rank, time: timeless ? null : Math.floor(rank / perSecond) * 1000 });
  }

  delete(rank: number): void {
    this.items = this.items.filter((item) => item.rank !== rank);
  }

  readonly source: ListSource<Item> = {
    fetchPage: async (name, pageSize) => this.#fetch(name, pageSize),
    sidOf: ({ rank }) => sidOf(rank),
    timeOf: ({ time }) => time,
    get fixedPageSize() {
      return false;
    },
  };

  /** Reads one slice; encodes positions as cursors, as the gateway does. */
  async read(
    request: { first: number; after: string | null } | { last: number; before: string },
    budget = 5000,
  ) {
    const source = { ...this.source, fixedPageSize: this.#quirks.fixedPageSize };
    const decoded: SliceRequest =
      'first' in request
        ? {
            first: request.first,
            after: request.after === null ? null : decodeCursor('h', request.after, 'after'),
          }
        : { last: request.last, before: decodeCursor('h', request.before, 'before') };
    const slice = await readSlice(source, decoded, { accept: () => true, selective: false }, budget);
    const write = (position: Position | null) => position && encodeCursor('h', position);
    return {
      ...slice,
      ranks: slice.found.map(({ item }) => item.rank),
      start: write(slice.start),
      end: write(slice.end),
    };
  }

  #fetch(name: PageName | null, pageSize: number): TwilioPage<Item> {
    this.calls += 1;
    const { maxItems, emptyPages, previous, fixedPageSize } = this.#quirks;
    const number = Number(name?.page ?? 0);
    const [kind = '', rank = '', madeFor = ''] = name ? name.pageToken.split('.') : [];
    if (name && kind === '' && number > 0) throw badRequest(20001);
    if (kind !== '' && fixedPageSize && Number(madeFor) !== pageSize) throw new Error('another page size');
    if (kind === 'PB' && previous === 'rejected') throw badRequest(21481);
    if (kind === 'PB' && previous === 'empty')
      return { items: [], name, pageSize, next: null, previous: null };
    const place = Number(rank);
    const size = maxItems > 0 ? Math.min(maxItems, pageSize) : pageSize;
    const rest = kind === 'PA' ? this.items.filter((item) => item.rank < place) : this.items;
    const empty = emptyPages && number % 2 === 1 && kind === 'PA';
    const before = this.items.filter((item) => item.rank > place);
    const items = empty ? [] : kind === 'PB' ? before.slice(-size) : rest.slice(0, size);
    const last = items.at(-1)?.rank ?? place;
    const first = items[0]?.rank ?? place;
    const token = (letter: string, of: number, step: number) => ({
      page: String(number + step),
      pageToken: `${letter}.${of}.${pageSize}`,
    });
    const follows = this.items.some((item) => item.rank < (empty ? place : last));
    return {
      items,
      name,
      pageSize,
      next: follows && (items.length > 0 || empty) ? token('PA', last, 1) : null,
      // Twilio uses the page number: after pages of other sizes it reports the first page too early.
      previous: number > 0 && items.length > 0 ? token('PB', first, -1) : null,
    };
  }
}

export function sidOf(rank: number): string {
  return `SM${rank.toString(16).padStart(32, '0')}`;
}
