import { badParameter, TwilioError } from './errors.ts';
import type { SandboxSwitches } from './switches.ts';

const DEFAULT_SIZE = 50;
const MAX_SIZE = 1000;

export interface PageRequest {
  /** Path without query. */
  path: string;
  size: number;
  page: number;
  token: string | null;
  /** The filters that every URI of the envelope repeats, in Twilio's order. */
  filters: readonly (readonly [string, string])[];
}

export interface Page<T> {
  items: readonly T[];
  /** Tokens of the neighbouring pages: undefined without one, null for the first page, which needs no token. */
  next?: string | undefined;
  previous?: string | null | undefined;
}

/** Parses and validates Page, PageSize and PageToken, with the rules that all lists share. */
export function readPageRequest(
  path: string,
  query: URLSearchParams,
  filters: PageRequest['filters'],
  switches: SandboxSwitches,
): PageRequest {
  const size = whole('PageSize', query.get('PageSize'), DEFAULT_SIZE);
  if (size < 1) throw badParameter('Invalid PageSize.');
  if (size > MAX_SIZE && switches.oversizedPage === 'reject') {
    throw new TwilioError(400, 20007, 'Page size too large');
  }
  if (switches.failAbovePageSize > 0 && size > switches.failAbovePageSize) {
    throw new TwilioError(500, 20500, 'An internal server error has occurred');
  }
  return {
    path,
    size: Math.min(size, MAX_SIZE),
    page: whole('Page', query.get('Page'), 0),
    token: query.get('PageToken') || null,
    filters,
  };
}

/** Builds the list envelope, its keys in Twilio's order. `end` is inclusive, and 0 on an empty page. */
export function envelope<T>(plural: string, request: PageRequest, page: Page<T>): Record<string, unknown> {
  const start = request.page * request.size;
  const { items, next, previous } = page;
  return {
    first_page_uri: pageUri(request, 0, null),
    end: items.length === 0 ? 0 : start + items.length - 1,
    previous_page_uri:
      previous === undefined || request.page === 0 ? null : pageUri(request, request.page - 1, previous),
    [plural]: items,
    uri: pageUri(request, request.page, request.token),
    page_size: request.size,
    start,
    next_page_uri: next === undefined ? null : pageUri(request, request.page + 1, next),
    page: request.page,
  };
}

export const badToken = () => new TwilioError(400, 21481, 'Invalid PageToken');

function pageUri({ path, filters, size }: PageRequest, page: number, token: string | null): string {
  const query = new URLSearchParams(filters.map(([name, value]): [string, string] => [name, value]));
  query.append('PageSize', String(size));
  query.append('Page', String(page));
  if (token !== null) query.append('PageToken', token);
  return `${path}?${query}`;
}

function whole(name: string, text: string | null, fallback: number): number {
  if (text === null || text === '') return fallback;
  // Twilio's response to such a value is unknown; the sandbox rejects it.
  if (!/^\d{1,9}$/.test(text)) throw badParameter(`Invalid ${name}.`);
  return Number(text);
}

/** An ordered list, paged by the tokens `PA<sid>` (after that item) and `PB<sid>` (before it). */
export interface KeysetList<P> {
  /** Returns the position of a SID, even of a deleted one. */
  position(sid: string): P | undefined;
  sidAt(position: P): string;
  /** Matches after a position, in list order; without a position, all of them. */
  after(position: P | undefined): Iterable<P>;
  /** Matches before a position, nearest first. */
  before(position: P): Iterable<P>;
}

const TOKEN = /^(PA|PB)([A-Z]{2}[0-9a-f]{32})$/;

/**
 * Returns one page of a keyset list. Tokens name an item, not an offset, so that new items do not shift the
 * pages.
 */
export function keysetPage<P>(list: KeysetList<P>, request: PageRequest, switches: SandboxSwitches): Page<P> {
  if (request.page > 0 && request.token === null) throw badParameter('PageToken is required for paging.');
  const { back, position } = readToken(list, request.token);
  if (switches.emptyPageWithNext && request.page % 2 === 1) return emptyPage(list, request, back, position);
  const size = switches.maxItemsPerPage > 0 ? Math.min(switches.maxItemsPerPage, request.size) : request.size;
  const found = take(back && position !== undefined ? list.before(position) : list.after(position), size + 1);
  const more = found.length > size;
  const items = found.slice(0, size);
  if (back) items.reverse();
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return { items };
  // The items after a page reached backwards may have been deleted meanwhile.
  const follows = back ? take(list.after(last), 1).length > 0 : more;
  return {
    items,
    next: follows ? `PA${list.sidAt(last)}` : undefined,
    previous: `PB${list.sidAt(first)}`,
  };
}

/** Builds an empty page between pages with items; its tokens lead to both neighbours. */
function emptyPage<P>(
  list: KeysetList<P>,
  request: PageRequest,
  back: boolean,
  position: P | undefined,
): Page<P> {
  if (!back) {
    const next = take(list.after(position), 1)[0];
    if (next === undefined) return { items: [] };
    return { items: [], next: request.token ?? undefined, previous: `PB${list.sidAt(next)}` };
  }
  const neighbour = position === undefined ? undefined : take(list.before(position), 1)[0];
  if (neighbour === undefined) return { items: [], previous: request.token };
  return { items: [], next: `PA${list.sidAt(neighbour)}`, previous: request.token };
}

function readToken<P>(list: KeysetList<P>, token: string | null): { back: boolean; position: P | undefined } {
  if (token === null) return { back: false, position: undefined };
  const match = TOKEN.exec(token);
  const position = match?.[2] === undefined ? undefined : list.position(match[2]);
  if (position === undefined) throw badToken();
  return { back: match?.[1] === 'PB', position };
}

function take<P>(positions: Iterable<P>, count: number): P[] {
  const taken: P[] = [];
  for (const position of positions) {
    taken.push(position);
    if (taken.length >= count) break;
  }
  return taken;
}
