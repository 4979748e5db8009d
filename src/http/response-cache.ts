import { LRUCache } from 'lru-cache';
import type { QueryCost } from '../graphql/query-cost.ts';
import { createSeenFilter } from '../seen-filter.ts';

/** The fields of a request's log line that a cached response repeats. */
export interface OperationSummary {
  /** The operations' names. */
  readonly operations: readonly string[];
  readonly cost?: QueryCost | undefined;
  /** The credential the request named. */
  readonly credential?: string | undefined;
  /** The kinds of data and accounts that were read, for the audit of reads. */
  readonly accesses: ReadonlySet<string>;
}

/** A response without errors, made of data that does not expire before it does. */
export interface CachedResponse extends OperationSummary {
  readonly body: Buffer<ArrayBuffer>;
}

export interface CacheTimes {
  /** When the request arrived, by `performance.now()`. */
  readonly since: number;
  /** When the response expires, likewise. */
  readonly expiresAt: number;
}

/** Whole responses, for the same principal, credential and bytes. */
export interface ResponseCache {
  get(key: string): CachedResponse | undefined;
  /**
   * Caches a response if its key was offered before: responses that are requested once would fill the memory.
   *
   * @param times a response whose request arrived before the last change of keys or credentials is not cached
   */
  offer(key: string, body: Buffer<ArrayBuffer>, summary: OperationSummary, times: CacheTimes): void;
  close(): void;
}

/** Larger responses push out too many others. */
const MAX_ENTRY_BYTES = 1024 * 1024;

/** Expired entries are purged so that message bodies do not linger. */
const PURGE_EVERY_MS = 5_000;

export function createResponseCache(
  maxBytes: number,
  onChange: (clear: () => void) => () => void,
): ResponseCache {
  if (maxBytes === 0) return { get: () => undefined, offer: () => {}, close: () => {} };
  const cache = new LRUCache<string, CachedResponse>({
    maxSize: maxBytes,
    maxEntrySize: Math.min(MAX_ENTRY_BYTES, maxBytes),
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + 200,
  });
  const isRepeated = createSeenFilter();
  const timer = setInterval(() => cache.purgeStale(), PURGE_EVERY_MS).unref();
  // A changed key, secret or permission: responses from before no longer count.
  let changedAt = Number.NEGATIVE_INFINITY;
  const stopWatching = onChange(() => {
    changedAt = performance.now();
    cache.clear();
  });

  return {
    get: (key) => cache.get(key),
    offer(key, body, { cost, credential, operations, accesses }, { since, expiresAt }) {
      const ttl = expiresAt - performance.now();
      if (!(since > changedAt && ttl > 0 && Number.isFinite(ttl)) || !isRepeated(key)) return;
      cache.set(key, { body, operations, cost, credential, accesses }, { ttl });
    },
    close() {
      clearInterval(timer);
      stopWatching();
      cache.clear();
    },
  };
}
