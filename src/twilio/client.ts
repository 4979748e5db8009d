import { TwilioError, TwilioResponseError, TwilioResponseTooLargeError } from './errors.ts';
import {
  leads,
  MAX_PAGE_SIZE,
  type PageRequest,
  pageQuery,
  parsePage,
  SMALL_PAGE,
  type TwilioPage,
} from './page.ts';
import {
  type Endpoint,
  isRequested,
  type Listable,
  pathOf,
  type Readable,
  type SidParams,
} from './resource.ts';
import type { ReadRequest, ReadResult, ReadScope, Transport } from './types.ts';

/** A value with its origin, lifetime and age. */
export interface Found<T> extends Pick<ReadResult, 'origin' | 'ttlMs' | 'ageMs'> {
  readonly value: T;
}

/** Reads any resource under one credential. Errors are those of {@link Transport}. */
export interface TwilioClient {
  /** @throws {TwilioResponseError} also if the response is for another SID than the requested one */
  read<T>(resource: Readable<T>, params: SidParams, scope: ReadScope): Promise<Found<T>>;
  list<T>(
    resource: Listable<T>,
    params: SidParams,
    page: PageRequest,
    scope: ReadScope,
  ): Promise<Found<TwilioPage<T>>>;
}

/** How long the largest working page size is remembered after a larger page failed. */
const REMEMBER_SIZE_MS = 60_000;

const ANY_SIZE = { size: MAX_PAGE_SIZE, until: Number.POSITIVE_INFINITY };

export function createTwilioClient(transport: Transport, ownAccountSid: string): TwilioClient {
  let workable = ANY_SIZE;

  function requestOf(endpoint: Endpoint, params: SidParams, path: string, largePage = false): ReadRequest {
    // The account in the path; for a read of an account, that is its SID.
    const accountSid = params.AccountSid ?? params.Sid ?? ownAccountSid;
    return { endpoint, params, path, accountSid, ownAccount: accountSid === ownAccountSid, largePage };
  }

  return {
    async read({ read: endpoint, parse }, params, scope) {
      const request = requestOf(endpoint, params, pathOf(endpoint, params));
      const { json, origin, ttlMs, ageMs } = await transport(request, scope);
      const value = parse(json);
      if (!isRequested(params, value)) {
        throw new TwilioResponseError('it is for another SID than the requested one');
      }
      return { value, origin, ttlMs, ageMs };
    },

    async list({ list: endpoint, parse }, params, page, scope) {
      const path = pathOf(endpoint, params);
      // Twilio responds to some large pages with 500/20500 where smaller ones work; others exceed the response limits.
      if (Date.now() > workable.until) workable = ANY_SIZE;
      const isBound = endpoint.fixedPageSize === true && page.name !== null;
      const first = isBound ? page.pageSize : Math.min(page.pageSize, workable.size);
      for (let pageSize = first; ; pageSize = Math.floor(pageSize / 2)) {
        const largePage = pageSize > SMALL_PAGE && !isBound;
        try {
          const request = requestOf(endpoint, params, `${path}?${pageQuery(page, pageSize)}`, largePage);
          const own = pageSize === first ? scope : { ...scope, continues: true };
          const { json, origin, ttlMs, ageMs } = await transport(request, own);
          const value = { ...parsePage(json, endpoint.key, parse), name: page.name, pageSize };
          if (value.next && !leads(page.name, value.next, 1)) {
            throw new TwilioResponseError('its pages form a cycle');
          }
          // A wrong previous page is dropped instead: seeking backwards does not depend on it.
          const isLost = value.previous !== null && !leads(page.name, value.previous, -1);
          return { value: isLost ? { ...value, previous: null } : value, origin, ttlMs, ageMs };
        } catch (error) {
          if (!largePage || !mayBeTooLarge(error)) throw error;
          workable = { size: Math.floor(pageSize / 2), until: Date.now() + REMEMBER_SIZE_MS };
        }
      }
    },
  };
}

function mayBeTooLarge(error: unknown): boolean {
  return (
    error instanceof TwilioResponseTooLargeError || (error instanceof TwilioError && error.status === 500)
  );
}
