import { TwilioError } from '../twilio-error.ts';
import type { PageRequest, TwilioClient } from './client.ts';
import type { ReadScope } from './http.ts';
import type { ReadCache } from './read-cache.ts';

export interface StaleSettings {
  /** However old an answer a caller allows, none is kept longer than this, in milliseconds; 0 keeps none. */
  readonly maxMs: number;
  /** For all credentials together. */
  readonly maxBytes: number;
}

/** One kind of read that was answered with what had been read before. */
export interface StaleRead {
  readonly read: keyof TwilioClient;
  readonly accountSid: string;
  /** Whole seconds since Twilio answered; of several, the oldest. */
  readonly age: number;
}

export interface StaleReads {
  /** Goes straight round the client that asks Twilio: remembers when each answer came. */
  timed(client: TwilioClient): TwilioClient;
  /** Goes round all else: keeps answers for callers who allow old ones, and gives them out. */
  fallingBack(client: TwilioClient): TwilioClient;
}

export interface StaleOptions {
  /** Tells this credential and secret from all others in the cache. */
  readonly owner: string;
  readonly ownAccountSid: string;
  readonly cache: ReadCache;
  readonly maxMs: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

type Answer = NonNullable<Parameters<ReadCache['set']>[1]>;

/**
 * Answers with what was read before while Twilio cannot be asked: where it is not reached, answers 5xx, or
 * refuses for the number of requests. A refusal of another kind is an answer, and what was kept goes with it.
 * Only reads by callers who allow old answers are kept, so that no body stays in memory for nobody.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function createStaleReads({
  owner,
  ownAccountSid,
  cache,
  maxMs,
  now = () => performance.now(),
}: StaleOptions): StaleReads {
  const readAt = new WeakMap<Answer, number>();
  const prefixOf = (accountSid: string) => `${owner} ${accountSid} `;

  const timed: Wrap = async (_read, _accountSid, _key, _scope, run) => {
    const answer = await run();
    readAt.set(answer, now());
    return answer;
  };

  const fallingBack: Wrap = async (read, accountSid, parts, scope, run) => {
    const allowedMs = scope.fresh ? 0 : Math.min(scope.staleIfErrorMs ?? 0, maxMs);
    if (allowedMs === 0 && cache.size === 0) return run();
    const key = `${prefixOf(accountSid)}${read} ${parts}`;
    try {
      const answer = await run();
      const ttl = maxMs - ageOf(answer);
      if (allowedMs > 0 && ttl > 0) cache.set(key, answer, { ttl });
      return answer;
    } catch (error) {
      if (!(error instanceof TwilioError)) throw error;
      if (!isUnavailable(error)) {
        forget(error, accountSid, key);
        throw error;
      }
      const kept = allowedMs > 0 ? cache.get(key) : undefined;
      if (!kept || ageOf(kept) > allowedMs) throw error;
      note(scope, { read, accountSid, age: Math.floor(ageOf(kept) / 1000) });
      return kept as never;
    }
  };

  function ageOf(answer: Answer): number {
    return now() - (readAt.get(answer) ?? Number.NEGATIVE_INFINITY);
  }

  /** What may no longer be read must not be answered later, when Twilio cannot say so. */
  function forget({ source, status, code }: TwilioError, accountSid: string, key: string): void {
    cache.delete(key);
    const isRefused = status === 401 || status === 403 || (code !== null && REFUSED.has(code));
    if (source === 'api' && !isRefused) return;
    const prefix = source === 'oauth' ? `${owner} ` : prefixOf(accountSid);
    for (const other of [...cache.keys()]) if (other.startsWith(prefix)) cache.delete(other);
  }

  return {
    timed: (client) => wrapClient(client, ownAccountSid, timed),
    fallingBack: (client) => wrapClient(client, ownAccountSid, fallingBack),
  };
}

/** Twilio's codes for "not with this credential"; the HTTP status beside them varies. */
const REFUSED = new Set([20003, 20005, 20006, 20403, 70051, 90010]);
const TOO_MANY = new Set([20429, 70005, 321406, 322401]);

function isUnavailable({ status, code }: TwilioError): boolean {
  return status === 0 || status >= 500 || status === 429 || (code !== null && TOO_MANY.has(code));
}

/** Of many reads alike one is noted, as old as the oldest. */
function note(scope: ReadScope, stale: StaleRead): void {
  const others = scope.stale ?? [];
  const alike = ({ read, accountSid }: StaleRead) => read === stale.read && accountSid === stale.accountSid;
  const age = Math.max(stale.age, others.find(alike)?.age ?? 0);
  scope.stale = [...others.filter((other) => !alike(other)), { ...stale, age }];
}

type Wrap = <T extends Answer>(
  read: keyof TwilioClient,
  accountSid: string,
  parts: string,
  scope: ReadScope,
  run: () => Promise<T>,
) => Promise<T>;

function wrapClient(client: TwilioClient, ownAccountSid: string, wrap: Wrap): TwilioClient {
  return {
    messages: (accountSid, page, scope) =>
      wrap('messages', accountSid, pageKey(page), scope, () => client.messages(accountSid, page, scope)),
    message: (accountSid, sid, scope) =>
      wrap('message', accountSid, sid, scope, () => client.message(accountSid, sid, scope)),
    media: (accountSid, sid, page, scope) =>
      wrap('media', accountSid, sid + pageKey(page), scope, () => client.media(accountSid, sid, page, scope)),
    accounts: (page, scope) =>
      wrap('accounts', ownAccountSid, pageKey(page), scope, () => client.accounts(page, scope)),
    account: (sid, scope) => wrap('account', sid, '', scope, () => client.account(sid, scope)),
  };
}

function pageKey({ name, pageSize, filters }: PageRequest): string {
  return JSON.stringify([name?.page, name?.pageToken, pageSize, filters]);
}
