import type { PageRequest, TwilioClient } from './client.ts';
import { createCoalesce } from './coalesce.ts';
import type { ReadScope } from './http.ts';
import { type CacheLifetimes, isSettled, type ReadCache } from './read-cache.ts';

export interface SharedReads {
  /** Tells this credential and secret from all others in the cache. */
  readonly owner: string;
  readonly cache: ReadCache | undefined;
  readonly lifetimes: CacheLifetimes;
}

/** What a read brings, as far as it can be kept. */
type Value = Parameters<ReadCache['set']>[1];

/** A page with more items is one of a scan or an export, which nobody reads twice within its lifetime. */
const LARGEST_KEPT_PAGE = 200;

/**
 * Shares reads among the requests of one credential: the same read under way is made once, and what will not
 * change is kept for its lifetime. A message that may still change is never answered from the cache.
 */
export function createSharedClient(
  client: TwilioClient,
  { owner, cache, lifetimes }: SharedReads,
): TwilioClient {
  const coalesce = createCoalesce();
  const keyOf = (...parts: readonly string[]) => `${owner} ${parts.join(' ')}`;

  /** @param lifetimeOf for how many milliseconds what was read may be answered again */
  async function read<T extends Value>(
    key: string,
    scope: ReadScope,
    start: (scope: ReadScope) => Promise<T>,
    lifetimeOf: (value: T) => number,
    isKept: (value: T) => boolean = () => true,
  ): Promise<T> {
    const known = scope.fresh ? undefined : (cache?.get(key) as T | undefined);
    if (known) {
      limitKeeping(scope, cache?.getRemainingTTL(key) ?? 0);
      return known;
    }
    try {
      const { value, ttl } = await coalesce(key, scope.signal, async (signal) => {
        const value = await start(sharedScope(scope, signal));
        const ttl = cache ? lifetimeOf(value) : 0;
        if (ttl > 0 && isKept(value)) cache?.set(key, value, { ttl });
        return { value, ttl };
      });
      limitKeeping(scope, ttl);
      return value;
    } catch (error) {
      limitKeeping(scope, 0);
      throw error;
    }
  }

  const messageKey = (accountSid: string, sid: string) => keyOf('message', accountSid, sid);

  return {
    messages: (accountSid, page, scope) =>
      read(
        keyOf('messages', accountSid, pageKey(page)),
        scope,
        (shared) => client.messages(accountSid, page, shared),
        ({ items }) => (items.every(isSettled) ? lifetimes.pageMs : 0),
        ({ items }) => items.length <= LARGEST_KEPT_PAGE,
      ),
    message: (accountSid, sid, scope) =>
      read(
        messageKey(accountSid, sid),
        scope,
        (shared) => client.message(accountSid, sid, shared),
        (message) => (isSettled(message) ? lifetimes.messageMs : 0),
      ),
    media: (accountSid, messageSid, page, scope) =>
      read(
        keyOf('media', accountSid, messageSid, pageKey(page)),
        scope,
        (shared) => client.media(accountSid, messageSid, page, shared),
        // Media come with the message: of a settled one they are all there.
        () => (cache?.has(messageKey(accountSid, messageSid)) ? lifetimes.messageMs : 0),
      ),
    // A list of accounts is short of nothing that single reads do not bring; only reads under way are shared.
    accounts: (page, scope) => {
      limitKeeping(scope, 0);
      return coalesce(keyOf('accounts', pageKey(page)), scope.signal, (signal) =>
        client.accounts(page, sharedScope(scope, signal)),
      );
    },
    account: (sid, scope) =>
      read(
        keyOf('account', sid),
        scope,
        (shared) => client.account(sid, shared),
        () => lifetimes.accountMs,
      ),
  };
}

/** What is made of this read, too, may be answered again for no longer. */
function limitKeeping(scope: ReadScope, ms: number): void {
  if (scope.keepUntil === undefined) return;
  scope.keepUntil = ms > 0 ? Math.min(scope.keepUntil, performance.now() + ms) : 0;
}

function pageKey({ name, pageSize, filters }: PageRequest): string {
  return JSON.stringify([name?.page, name?.pageToken, pageSize, filters]);
}

/** The call lasts as long as anyone waits for it, and is counted for the request that began it. */
function sharedScope(scope: ReadScope, signal: AbortSignal): ReadScope {
  return {
    signal,
    get upstreamCalls() {
      return scope.upstreamCalls;
    },
    set upstreamCalls(count) {
      scope.upstreamCalls = count;
    },
  };
}
