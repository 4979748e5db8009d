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
  /** The filters, in Twilio's order, as they are repeated in every URI of the envelope. */
  filters: readonly (readonly [string, string])[];
}

export interface Page<T> {
  items: readonly T[];
  /** Tokens of the neighbours; undefined where there is none, null for the first page, which needs none. */
  next?: string | undefined;
  previous?: string | null | undefined;
}

/** Reads Page, PageSize and PageToken, and checks them as far as all lists agree. */
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

/** The list envelope, its keys in Twilio's order. `end` is inclusive, and 0 on an empty page. */
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
  // Twilio's answer to such a value is not known; it must not be taken for a page.
  if (!/^\d{1,9}$/.test(text)) throw badParameter(`Invalid ${name}.`);
  return Number(text);
}
