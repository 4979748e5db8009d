import { LRUCache } from 'lru-cache';
import { TwilioError } from '../twilio-error.ts';
import type { TwilioClient } from './client.ts';
import type { ReadScope, TwilioHttp } from './http.ts';

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

/** What was answered, as text, and when. The key names credential and secret, so nothing crosses. */
export type StaleCache = LRUCache<string, { readonly text: string; readonly readAt: number }>;

/** What has outlived its lifetime is not only not answered, but let go of: it may be a message's body. */
const PURGE_EVERY_MS = 5_000;

/** @returns undefined for the cache where nothing is to be kept; `close` empties it */
export function createStaleCache({ maxMs, maxBytes }: StaleSettings): {
  cache: StaleCache | undefined;
  close: () => void;
} {
  if (maxMs === 0 || maxBytes === 0) return { cache: undefined, close: () => {} };
  const cache: StaleCache = new LRUCache({
    maxSize: maxBytes,
    // Up to two bytes a character, and what an entry itself takes.
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + 200,
  });
  const timer = setInterval(() => cache.purgeStale(), PURGE_EVERY_MS).unref();
  return {
    cache,
    close() {
      clearInterval(timer);
      cache.clear();
    },
  };
}

export interface StaleReads {
  /** Goes straight round what asks Twilio: remembers when each answer came. */
  timed(http: TwilioHttp): TwilioHttp;
  /** Goes round what shares answers: keeps them for callers who allow old ones, and gives them out. */
  fallingBack(http: TwilioHttp): TwilioHttp;
}

export interface StaleOptions {
  /** Tells this credential and secret from all others in the cache. */
  readonly owner: string;
  readonly ownAccountSid: string;
  readonly cache: StaleCache;
  readonly maxMs: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

/**
 * Answers with what was read before while Twilio cannot be asked: where it is not reached, answers 5xx, or
 * refuses for the number of requests. A refusal of another kind is an answer, and what was kept goes with it.
 * Only reads by callers who allow old answers are kept, so that no body stays in memory for nobody; and only
 * answers that came straight from Twilio, because of others the age is not known.
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
  const accountOf = (path: string) => /\/Accounts\/(AC\w+)/.exec(path)?.[1] ?? ownAccountSid;
  const prefixOf = (accountSid: string) => `${owner} ${accountSid} `;

  /** What may no longer be read must not be answered later, when Twilio cannot say so. */
  function forget({ source, status, code }: TwilioError, accountSid: string, key: string): void {
    cache.delete(key);
    const isRefused = status === 401 || status === 403 || (code !== null && REFUSED.has(code));
    if (source === 'api' && !isRefused) return;
    const prefix = source === 'oauth' ? `${owner} ` : prefixOf(accountSid);
    for (const other of [...cache.keys()]) if (other.startsWith(prefix)) cache.delete(other);
  }

  return {
    timed: (http) => ({
      async get(path, scope, options) {
        return { ...(await http.get(path, scope, options)), readAt: now() };
      },
    }),

    fallingBack: (http) => ({
      async get(path, scope, options) {
        const allowedMs = scope.fresh ? 0 : Math.min(scope.staleIfErrorMs ?? 0, maxMs);
        if (allowedMs === 0 && cache.size === 0) return http.get(path, scope, options);
        const accountSid = accountOf(path);
        const key = `${prefixOf(accountSid)}${path}`;
        try {
          const answer = await http.get(path, scope, options);
          const came = answer.readAt;
          const ttl = came === undefined ? 0 : maxMs - (now() - came);
          if (allowedMs > 0 && came !== undefined && ttl > 0) {
            const text = options?.redact ? JSON.stringify(options.redact(answer.json)) : answer.text;
            cache.set(key, { text, readAt: came }, { ttl });
          }
          return answer;
        } catch (error) {
          if (!(error instanceof TwilioError)) throw error;
          if (!isUnavailable(error)) {
            forget(error, accountSid, key);
            throw error;
          }
          const kept = allowedMs > 0 ? cache.get(key) : undefined;
          const age = kept ? now() - kept.readAt : 0;
          if (!kept || age > allowedMs) throw error;
          note(scope, { read: readOf(path), accountSid, age: Math.floor(age / 1000) });
          return { text: kept.text, json: JSON.parse(kept.text) };
        }
      },
    }),
  };
}

/** Which of the five reads a path is. */
function readOf(path: string): StaleRead['read'] {
  const [pathname = ''] = path.split('?');
  if (pathname.endsWith('/Media.json')) return 'media';
  if (pathname.endsWith('/Messages.json')) return 'messages';
  if (pathname.endsWith('/Accounts.json')) return 'accounts';
  return pathname.includes('/Messages/') ? 'message' : 'account';
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
