import { LRUCache } from 'lru-cache';
import { createSeenFilter } from '../../seen-filter.ts';
import { isNotAllowed, isUnavailable, TwilioError } from '../errors.ts';
import { type CacheLifetimes, isRequested } from '../resource.ts';
import type { ReadRequest, Transport } from '../types.ts';

export interface CacheSettings extends CacheLifetimes {
  /** For all credentials together. */
  readonly maxBytes: number;
}

export interface StaleSettings {
  /** The greatest age that a request may allow, in milliseconds; 0 disables stale responses. */
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
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Caches Twilio's responses as text: parsing again costs less than what objects would cost the garbage collector. */
export interface ResponseCache {
  /** Caches the reads of one credential. @param owner the credential and the version of its secret; part of each key */
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

/** In characters. A longer response is a page of a scan or an export, which is rarely read twice within its lifetime. */
const LONGEST_FRESH = 256 * 1024;

/** Purges expired entries so that message bodies do not linger. */
const PURGE_EVERY_MS = 5_000;

/**
 * Caches responses in two ways. Fresh: a response is cached for the lifetime of its descriptor, from its second read on.
 * Stale: the response of a request with `stale-if-error` is served when Twilio is unavailable, until Twilio rejects the
 * read.
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
  const hasSeen = createSeenFilter();
  const timer = setInterval(() => {
    fresh?.purgeStale();
    stale?.purgeStale();
  }, purgeEveryMs).unref();

  function layer(next: Transport, owner: string): Transport {
    const freshKey = (path: string) => `${owner} ${path}`;
    const stalePrefix = (accountSid: string) => `${owner} ${accountSid} `;
    const isCached = (path: string) => fresh?.has(freshKey(path)) ?? false;

    /** Returns the lifetime that the descriptor gives a response, in milliseconds. */
    function ttlOf({ endpoint, params }: ReadRequest, json: unknown): number {
      if (!settings || !fresh || !isRequested(params, json)) return 0;
      return endpoint.lifetime?.(json, settings, params, isCached) ?? 0;
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
      const allowedMs = scope.noCache ? 0 : Math.min(scope.staleIfErrorMs ?? 0, maxStaleMs);
      if (!stale || (allowedMs === 0 && stale.size === 0)) return readFresh(request, scope);
      const key = `${stalePrefix(request.accountSid)}${request.path}`;
      try {
        const result = await readFresh(request, scope);
        const { text, json, origin } = result;
        // The age of a response from the fresh cache is unknown; it was stored here when it came from Twilio.
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
    // Two bytes a character, and the overhead of an entry.
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + 200,
  });
}
