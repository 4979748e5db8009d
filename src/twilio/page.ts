import { TwilioResponseError } from '../twilio-error.ts';
import { asObject } from './parse.ts';

/**
 * A page as Twilio names it. Page and PageToken always travel together, as a page URI gave them; the token
 * is opaque. The first page has neither.
 */
export interface PageName {
  readonly page: string;
  readonly pageToken: string;
}

/** One page of a list, as it is asked for. */
export interface PageRequest {
  /** Null for the first page. */
  readonly name: PageName | null;
  /** 1 to 1,000. */
  readonly pageSize: number;
  /** Twilio's own filter parameters, in Twilio's own names, e.g. `['DateSent>', '2026-01-01T00:00:00Z']`. */
  readonly filters: readonly (readonly [name: string, value: string])[];
}

/** What the list envelope says. `next` and `previous` are null at the ends; an empty page may have a next. */
export interface Envelope<T> {
  readonly items: readonly T[];
  readonly next: PageName | null;
  readonly previous: PageName | null;
}

/** One page of a list, with what it was asked for by. */
export interface TwilioPage<T> extends Envelope<T> {
  /** Null for the first page. */
  readonly name: PageName | null;
  /** May be smaller than asked for, where Twilio could not make a page of that size. */
  readonly pageSize: number;
  /** Where the page was reached by going on from others. */
  readonly trail?: PageTrail | undefined;
}

/** What tells that a page has been come to before, though each page may be read by another request. */
export interface PageTrail {
  /** How many pages were read, this one included. */
  readonly pages: number;
  /** The end of the SID that one of those pages begins with. */
  readonly mark: string;
}

/** Twilio's own bound; more is rejected with 20007. */
export const MAX_PAGE_SIZE = 1000;

/** Twilio's own default. */
export const DEFAULT_PAGE_SIZE = 50;

/** Below this a failing page is not failing for its size. */
export const SMALL_PAGE = 50;

/** Reads the list envelope. @throws {TwilioResponseError} where the list or a token is not what it must be */
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

/** Takes Page and PageToken out of a page URI and nothing else: host and path of a response are never used. */
function parsePageUri(uri: unknown): PageName | null {
  if (uri === null || uri === undefined) return null;
  if (typeof uri !== 'string') throw new TwilioResponseError('a page URI is not a string');
  const query = new URLSearchParams(uri.slice(uri.indexOf('?') + 1));
  const pageToken = query.get('PageToken');
  return { page: query.get('Page') ?? '', pageToken: pageToken ?? '' };
}

/**
 * Whether a page's neighbour lies on the side it is said to lie on. Twilio numbers pages, and all but the first
 * have a token; what leads the wrong way, or nowhere, leads round in a cycle.
 *
 * @param by 1 for the next page, -1 for the previous one
 */
export function leads(from: PageName | null, to: PageName, by: 1 | -1): boolean {
  if (by === 1 && !to.pageToken) return false;
  // Without a token a name is that of the first page, whatever its number.
  const here = from?.pageToken ? from : null;
  // Nothing tells where a page without a number lies.
  if (to.page === '') return by === 1 && to.pageToken !== here?.pageToken;
  const steps = (Number(to.page) - Number(here?.page ?? 0)) * by;
  return /^\d{1,9}$/.test(to.page) && (steps > 0 || here?.page === '');
}

/** Writes a page's query: filters first, then the page, as in Twilio's own page URIs. */
export function pageQuery({ filters, name }: PageRequest, pageSize: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of filters) query.append(key, value);
  query.append('PageSize', String(pageSize));
  if (name) {
    // Without a token a name is that of the first page, whatever number a cursor has beside it: Twilio rejects others.
    query.append('Page', name.pageToken ? name.page : '0');
    if (name.pageToken) query.append('PageToken', name.pageToken);
  }
  return query.toString();
}
