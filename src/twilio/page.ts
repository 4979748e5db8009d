import { TwilioResponseError } from './errors.ts';
import { asObject } from './parse.ts';

/**
 * Twilio's name of a page: Page and PageToken of a page URI, which belong together. The token is opaque. The first page
 * has neither.
 */
export interface PageName {
  readonly page: string;
  readonly pageToken: string;
}

/** A request for one page of a list. */
export interface PageRequest {
  /** Null for the first page. */
  readonly name: PageName | null;
  /** 1 to 1,000. */
  readonly pageSize: number;
  /** Twilio's own filter parameters, in Twilio's own names, e.g. `['DateSent>', '2026-01-01T00:00:00Z']`. */
  readonly filters: readonly (readonly [name: string, value: string])[];
}

/** The list envelope. `next` and `previous` are null at the ends; an empty page may have a next. */
export interface Envelope<T> {
  readonly items: readonly T[];
  readonly next: PageName | null;
  readonly previous: PageName | null;
}

/** One page of a list, with the name and size it was requested with. */
export interface TwilioPage<T> extends Envelope<T> {
  /** Null for the first page. */
  readonly name: PageName | null;
  /** Smaller than requested if Twilio could not return a page of that size. */
  readonly pageSize: number;
  /** Set if the page was reached from other pages. */
  readonly trail?: PageTrail | undefined;
}

/** Detects a cycle of pages, even if each page is read by a separate request. */
export interface PageTrail {
  /** The number of pages read, including this one. */
  readonly pages: number;
  /** The last digits of the first SID of one of those pages. */
  readonly mark: string;
}

/** Twilio's limit; it rejects a larger size with 20007. */
export const MAX_PAGE_SIZE = 1000;

/** Twilio's own default. */
export const DEFAULT_PAGE_SIZE = 50;

/** A page of this size or smaller does not fail because of its size. */
export const SMALL_PAGE = 50;

/** Parses the list envelope. @throws {TwilioResponseError} if the list or a page URI is malformed */
export function parsePage<T>(body: unknown, key: string, parseItem: (item: unknown) => T): Envelope<T> {
  const envelope = asObject(body, 'a list');
  const items = envelope[key];
  if (!Array.isArray(items)) throw new TwilioResponseError(`the list has no "${key}"`);
  return {
    items: items.map(parseItem),
    next: parsePageUri(envelope.next_page_uri),
    previous: parsePageUri(envelope.previous_page_uri),
  };
}

/** Reads Page and PageToken from a page URI and nothing else: host and path of a response are never used. */
function parsePageUri(uri: unknown): PageName | null {
  if (uri === null || uri === undefined) return null;
  if (typeof uri !== 'string') throw new TwilioResponseError('a page URI is not a string');
  const query = new URLSearchParams(uri.slice(uri.indexOf('?') + 1));
  const pageToken = query.get('PageToken');
  return { page: query.get('Page') ?? '', pageToken: pageToken ?? '' };
}

/**
 * Whether a neighbouring page lies in the given direction. Twilio numbers pages, and all but the first have a token; a
 * neighbour in the wrong direction would lead to a cycle.
 *
 * @param by 1 for the next page, -1 for the previous one
 */
export function leads(from: PageName | null, to: PageName, by: 1 | -1): boolean {
  if (by === 1 && !to.pageToken) return false;
  // A name without a token means the first page, whatever its number.
  const here = from?.pageToken ? from : null;
  // The position of a page without a number is unknown.
  if (to.page === '') return by === 1 && to.pageToken !== here?.pageToken;
  const steps = (Number(to.page) - Number(here?.page ?? 0)) * by;
  return /^\d{1,9}$/.test(to.page) && (steps > 0 || here?.page === '');
}

/** Builds the query of a page: filters first, then the page, as in Twilio's own page URIs. */
export function pageQuery({ filters, name }: PageRequest, pageSize: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of filters) query.append(key, value);
  query.append('PageSize', String(pageSize));
  if (name) {
    // A name without a token means the first page, even if a cursor has another number: Twilio rejects other numbers.
    query.append('Page', name.pageToken ? name.page : '0');
    if (name.pageToken) query.append('PageToken', name.pageToken);
  }
  return query.toString();
}
