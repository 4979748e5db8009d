import type { Endpoint, Telemetry } from '../telemetry/telemetry.ts';
import type { PageRequest, TwilioClient } from './client.ts';
import { createCoalesce } from './coalesce.ts';
import type { ReadScope } from './http.ts';
import { type CacheLifetimes, isSettled, type ReadCache } from './read-cache.ts';

export interface SharedReads {
  /** Tells this credential and secret from all others in the cache. */
  readonly owner: string;
  readonly cache: ReadCache | undefined;
  readonly lifetimes: CacheLifetimes;
  /** Told what each read was answered from. */
  readonly telemetry?: Pick<Telemetry, 'readFrom'> | undefined;
}

/**
 * Shares reads among the requests of one credential: the same read under way is made once, and what will not
 * change is kept for its lifetime. A message that may still change is never answered from the cache.
 */
export function createSharedClient(
  client: TwilioClient,
  { owner, cache, lifetimes, telemetry }: SharedReads,
): TwilioClient {
  const coalesce = createCoalesce();
  const keyOf = (...parts: readonly string[]) => `${owner} ${parts.join(' ')}`;
  const keep = (key: string, value: Parameters<ReadCache['set']>[1], ttl: number) => {
    if (ttl > 0) cache?.set(key, value, { ttl });
  };

  /** @param settle keeps what may be kept of the answer */
  function read<T extends Parameters<ReadCache['set']>[1]>(
    endpoint: Endpoint,
    key: string,
    scope: ReadScope,
    start: (scope: ReadScope) => Promise<T>,
    settle: (value: T) => void,
  ): Promise<T> {
    const known = scope.fresh ? undefined : (cache?.get(key) as T | undefined);
    if (known) {
      telemetry?.readFrom(endpoint, 'cache');
      return Promise.resolve(known);
    }
    return share(endpoint, key, scope, async (shared) => {
      const value = await start(shared);
      settle(value);
      return value;
    });
  }

  function share<T>(
    endpoint: Endpoint,
    key: string,
    scope: ReadScope,
    start: (scope: ReadScope) => Promise<T>,
  ): Promise<T> {
    let begun = false;
    const answer = coalesce(key, scope.signal, (signal) => {
      begun = true;
      return start(sharedScope(scope, signal));
    });
    telemetry?.readFrom(endpoint, begun ? 'upstream' : 'shared');
    return answer;
  }

  const messageKey = (accountSid: string, sid: string) => keyOf('message', accountSid, sid);

  return {
    messages(accountSid, page, scope) {
      const key = keyOf('messages', accountSid, pageKey(page));
      return read(
        'messages_list',
        key,
        scope,
        (shared) => client.messages(accountSid, page, shared),
        (answer) => {
          if (answer.items.every(isSettled)) keep(key, answer, lifetimes.pageMs);
        },
      );
    },
    message(accountSid, sid, scope) {
      const key = messageKey(accountSid, sid);
      return read(
        'message',
        key,
        scope,
        (shared) => client.message(accountSid, sid, shared),
        (message) => {
          if (isSettled(message)) keep(key, message, lifetimes.messageMs);
        },
      );
    },
    media(accountSid, messageSid, page, scope) {
      const key = keyOf('media', accountSid, messageSid, pageKey(page));
      return read(
        'media_list',
        key,
        scope,
        (shared) => client.media(accountSid, messageSid, page, shared),
        (answer) => {
          // Media come with the message: of a settled one they are all there.
          if (cache?.has(messageKey(accountSid, messageSid))) keep(key, answer, lifetimes.messageMs);
        },
      );
    },
    // A list of accounts is short of nothing that single reads do not bring; only reads under way are shared.
    accounts: (page, scope) =>
      share('accounts_list', keyOf('accounts', pageKey(page)), scope, (shared) =>
        client.accounts(page, shared),
      ),
    account(sid, scope) {
      const key = keyOf('account', sid);
      return read(
        'account',
        key,
        scope,
        (shared) => client.account(sid, shared),
        (account) => keep(key, account, lifetimes.accountMs),
      );
    },
  };
}

function pageKey({ name, pageSize, filters }: PageRequest): string {
  return JSON.stringify([name?.page, name?.pageToken, pageSize, filters]);
}

/** The call lasts as long as anyone waits for it, and is counted for the request that began it. */
function sharedScope(scope: ReadScope, signal: AbortSignal): ReadScope {
  return {
    signal,
    requestId: scope.requestId,
    get upstreamCalls() {
      return scope.upstreamCalls;
    },
    set upstreamCalls(count) {
      scope.upstreamCalls = count;
    },
  };
}
