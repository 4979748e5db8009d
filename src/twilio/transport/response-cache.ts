import { LRUCache } from 'lru-cache';
import { createSeenFilter } from '../../seen-filter.ts';
import { isNotAllowed, isUnavailable, TwilioError } from '../errors.ts';
import { type CacheLifetimes, isRequested } from '../resource.ts';
import type { ReadRequest, ReadScope, Transport } from '../types.ts';

export interface CacheSettings extends CacheLifetimes {
  /** For all credentials together. */
  readonly maxBytes: number;
}

export interface StaleSettings {
  /** How old a response may be, in milliseconds, whatever a request allows; 0 caches none for this. */
  readonly maxMs: number;
  /** For all credentials together. */
  readonly maxBytes: number;
}

export interface ResponseCacheOptions {
  /** @default nothing is cached */
  readonly fresh?: CacheSettings | undefined;
  /** @default nothing is cached */
  readonly stale?: StaleSettings | undefined;
  /** How often expired entries are purged, in milliseconds. @default 5000 */
  readonly purgeEveryMs?: number;
  /** Milliseconds of a clock that nobody sets. @default performance.now */
  readonly now?: () => number;
}

/** Responses of Twilio, cached as text: objects made of it would cost the garbage collector more than parsing again. */
export interface ResponseCache {
  /** Caches the reads of one credential. `owner` names it and its secret, so that nothing crosses. */
  layer(next: Transport, owner: string): Transport;
  /** Of all entries, in bytes. */
  readonly size: number;
  close(): void;
}

interface Entry {
  readonly text: string;
  /** When Twilio sent it, by `performance.now()`. */
  readonly readAt: number;
}

/** A longer response is a page of a scan or an export, which is hardly ever read twice within its lifetime. */
const LONGEST_FRESH = 256 * 1024;

/** Purges expired entries so that message bodies do not linger. */
const PURGE_EVERY_MS = 5_000;

const NO_LIFETIMES: CacheLifetimes = { messageMs: 0, accountMs: 0, pageMs: 0 };

/**
 * Caches responses in two ways. A response whose descriptor gives it a lifetime is given again for as long, from the
 * second time it is read. A response read for a caller who allows `stale-if-error` is kept to be given when Twilio
 * cannot be asked; Twilio's own rejection of a read ends that.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function createResponseCache({
  fresh: settings,
  stale: staleSettings,
  purgeEveryMs = PURGE_EVERY_MS,
  now = () => performance.now(),
}: ResponseCacheOptions): ResponseCache {
  const fresh = createEntries(settings?.maxBytes ?? 0);
  const stale = createEntries(staleSettings?.maxMs ? staleSettings.maxBytes : 0);
  const maxStaleMs = stale ? (staleSettings?.maxMs ?? 0) : 0;
  const lifetimes = settings ?? NO_LIFETIMES;
  const hasSeen = createSeenFilter();
  const timer = setInterval(() => {
    fresh?.purgeStale();
    stale?.purgeStale();
  }, purgeEveryMs).unref();

  function layer(next: Transport, owner: string): Transport {
    const freshKey = (path: string) => `${owner} ${path}`;
    const stalePrefix = (accountSid: string) => `${owner} ${accountSid} `;
    const isCached = (path: string) => fresh?.has(freshKey(path)) ?? false;

    /** For how long a response may be cached; decided by its descriptor. */
    function ttlOf({ endpoint, params }: ReadRequest, json: unknown): number {
      if (!fresh || !isRequested(params, json)) return 0;
      return endpoint.lifetime?.(json, lifetimes, params, isCached) ?? 0;
    }

    function cachedText({ endpoint: { redact } }: ReadRequest, text: string, json: unknown): string {
      return redact ? JSON.stringify(redact(json)) : text;
    }

    /** A read that Twilio rejects must not be served later, when Twilio cannot say so. */
    function forget(error: TwilioError, accountSid: string, key: string): void {
      stale?.delete(key);
      if (error.source === 'api' && error.status !== 403 && !isNotAllowed(error)) return;
      const prefix = error.source === 'oauth' ? `${owner} ` : stalePrefix(accountSid);
      for (const other of [...(stale?.keys() ?? [])]) if (other.startsWith(prefix)) stale?.delete(other);
    }

    const readFresh: Transport = async (request, scope) => {
      const key = freshKey(request.path);
      const known = scope.noCache ? undefined : fresh?.get(key);
      if (known) {
        const ttlMs = fresh?.getRemainingTTL(key) ?? 0;
        return { text: known.text, json: JSON.parse(known.text), origin: 'cache', ttlMs, ageMs: 0 };
      }
      const result = await next(request, scope);
      const { text, json, origin } = result;
      const ttlMs = ttlOf(request, json);
      if (ttlMs > 0 && origin === 'upstream' && text.length <= LONGEST_FRESH && hasSeen(key)) {
        fresh?.set(key, { text: cachedText(request, text, json), readAt: now() }, { ttl: ttlMs });
      }
      return { ...result, ttlMs };
    };

    return async (request, scope) => {
      const allowedMs = allowedAge(scope, maxStaleMs);
      if (!stale || (allowedMs === 0 && stale.size === 0)) return readFresh(request, scope);
      const key = `${stalePrefix(request.accountSid)}${request.path}`;
      try {
        const result = await readFresh(request, scope);
        const { text, json, origin } = result;
        // A cached response was kept for this when it came from Twilio: only then is its age known.
        if (allowedMs > 0 && origin !== 'cache' && isRequested(request.params, json)) {
          const entry = { text: cachedText(request, text, json), readAt: now() };
          stale.set(key, entry, { ttl: maxStaleMs });
        }
        return result;
      } catch (error) {
        if (!(error instanceof TwilioError)) throw error;
        if (!isUnavailable(error)) {
          forget(error, request.accountSid, key);
          throw error;
        }
        const known = allowedMs > 0 ? stale.get(key) : undefined;
        const ageMs = known ? now() - known.readAt : 0;
        if (!known || ageMs > allowedMs) throw error;
        return { text: known.text, json: JSON.parse(known.text), origin: 'stale', ttlMs: 0, ageMs };
      }
    };
  }

  return {
    layer,
    get size() {
      return (fresh?.calculatedSize ?? 0) + (stale?.calculatedSize ?? 0);
    },
    close() {
      clearInterval(timer);
      fresh?.clear();
      stale?.clear();
    },
  };
}

function createEntries(maxBytes: number): LRUCache<string, Entry> | undefined {
  if (maxBytes === 0) return undefined;
  return new LRUCache<string, Entry>({
    maxSize: maxBytes,
    // Up to two bytes a character, and what an entry itself takes.
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + 200,
  });
}

function allowedAge({ noCache, staleIfErrorMs = 0 }: ReadScope, maxMs: number): number {
  return noCache ? 0 : Math.min(staleIfErrorMs, maxMs);
}
