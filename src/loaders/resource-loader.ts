import DataLoader from 'dataloader';
import { MAX_PAGES } from '../pagination/list-source.ts';
import { rejectCycles } from '../pagination/pages.ts';
import { isNotAllowed, isNotFound } from '../twilio/errors.ts';
import { MAX_PAGE_SIZE, type PageName, type TwilioPage } from '../twilio/page.ts';
import type { Listable, Readable, Resource, SidParams } from '../twilio/resource.ts';
import { type Attempt, asError, explainRejection } from './explain-rejection.ts';
import type { Reader } from './read-summary.ts';

/** Loads one resource by its SIDs; null if it does not exist (any more). */
export type ResourceLoader<T> = DataLoader<SidParams, T | null, string>;

/** Loads all items of a list that belongs to another resource, such as the media of a message. */
export type CollectionLoader<T> = DataLoader<SidParams, readonly T[], string>;

/** A collection usually fits on one page. */
const COLLECTION_PAGE_SIZE = 50;

const cacheKeyFn = (params: SidParams) => Object.values(params).join('/');

/**
 * Reads distinct SIDs concurrently and duplicates once; items on a page that the request has already read need no call.
 * For a resource with `batchByList`, several SIDs cost one list call; those missing from the list, or all if the list is
 * not permitted, are read one by one.
 *
 * @param seen the pages of this resource that the request has read. They are searched on each load, which is rare,
 * instead of indexed on arrival, which is frequent.
 */
export function createResourceLoader<T>(
  resource: Readable<T>,
  reader: Reader,
  attempt: Attempt,
  seen: readonly TwilioPage<T>[],
): ResourceLoader<T> {
  const fetchOne = async (params: SidParams): Promise<T | null | Error> => {
    for (const { items } of seen) {
      const item = items.find((one) => isOf(params, one));
      if (item) return item;
    }
    try {
      return await reader.read(resource, params);
    } catch (error) {
      const read = { ...attempt(params.AccountSid ?? params.Sid), permission: resource.read.permission };
      if (isNotFound(error) && read.accountSid === read.credential.accountSid) return null;
      return asError(explainRejection(error, read));
    }
  };

  return new DataLoader(
    async (keys) => {
      const listed =
        keys.length > 1 && isBatched(resource) ? await list(resource, keys, reader, attempt) : [];
      return Promise.all(keys.map((key) => listed.find((one) => isOf(key, one)) ?? fetchOne(key)));
    },
    { cacheKeyFn },
  );
}

function isBatched<T>(resource: Resource<T>): resource is Listable<T> {
  return resource.batchByList === true && resource.list !== undefined;
}

function isOf({ Sid, AccountSid }: SidParams, item: unknown): boolean {
  const { sid, account_sid } = item as { sid?: string; account_sid?: string };
  return sid === Sid && (AccountSid === undefined || account_sid === AccountSid);
}

const sidOf = (item: unknown) => String((item as { sid?: unknown }).sid);

/** Reads the items of each page of a list, up to the maximum number of pages. */
async function* pagesOf<T>(
  resource: Listable<T>,
  params: SidParams,
  firstPageSize: number,
  reader: Reader,
): AsyncGenerator<readonly T[], void, void> {
  const rejectCycle = rejectCycles(sidOf);
  let name: PageName | null = null;
  let pageSize = firstPageSize;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: TwilioPage<T> = await reader.list(resource, params, { name, pageSize, filters: [] });
    rejectCycle(page);
    yield page.items;
    // The token of the next page may be valid only with the size of the page it is from, which may be smaller than requested.
    ({ next: name, pageSize } = page);
    if (!name) return;
  }
}

/** Returns the wanted items that are in the list; none if the list is not permitted. */
async function list<T>(
  resource: Listable<T>,
  wanted: readonly SidParams[],
  reader: Reader,
  attempt: Attempt,
): Promise<readonly T[]> {
  const found: T[] = [];
  try {
    for await (const items of pagesOf(resource, {}, MAX_PAGE_SIZE, reader)) {
      found.push(...items.filter((item) => wanted.some((params) => isOf(params, item))));
      if (found.length >= wanted.length) break;
    }
  } catch (error) {
    if (isNotAllowed(error)) return found;
    throw explainRejection(error, { ...attempt(), permission: resource.list.permission });
  }
  return found;
}

/** Reads complete collections, in Twilio's order; empty if their owner does not exist. */
export function createCollectionLoader<T>(
  resource: Listable<T>,
  reader: Reader,
  attempt: Attempt,
): CollectionLoader<T> {
  const fetchAll = async (params: SidParams): Promise<readonly T[] | Error> => {
    try {
      const found: T[] = [];
      for await (const items of pagesOf(resource, params, COLLECTION_PAGE_SIZE, reader)) found.push(...items);
      return found;
    } catch (error) {
      if (isNotFound(error)) return [];
      const read = { ...attempt(params.AccountSid), permission: resource.list.permission };
      return asError(explainRejection(error, read));
    }
  };
  return new DataLoader((keys) => Promise.all(keys.map(fetchAll)), { cacheKeyFn });
}
