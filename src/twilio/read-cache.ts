import { LRUCache } from 'lru-cache';
import { channelOf, isFinal } from '../delivery/outcome.ts';

/** How long what was read may be answered again, in milliseconds; 0 never. */
export interface CacheLifetimes {
  /** Messages whose status is final, and their media. No body is kept longer than this. */
  readonly messageMs: number;
  readonly accountMs: number;
  /** List pages all of whose messages are final: for so long a newer message may be missing. */
  readonly pageMs: number;
}

export interface CacheSettings extends CacheLifetimes {
  /** For all credentials together. */
  readonly maxBytes: number;
}

/** What Twilio answered and may be answered again. The key names credential and secret, so nothing crosses. */
export type ReadCache = LRUCache<string, string>;

/** What has outlived its lifetime is not only not answered, but let go of: it may be a message's body. */
const PURGE_EVERY_MS = 5_000;

/** @returns undefined for the cache where nothing is to be kept; `close` empties it */
export function createReadCache(
  settings: CacheSettings | undefined,
  purgeEveryMs = PURGE_EVERY_MS,
): {
  cache: ReadCache | undefined;
  close: () => void;
} {
  if (!settings || settings.maxBytes === 0) return { cache: undefined, close: () => {} };
  const cache: ReadCache = new LRUCache({
    maxSize: settings.maxBytes,
    // Up to two bytes a character, and what an entry itself takes.
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + 200,
  });
  const timer = setInterval(() => cache.purgeStale(), purgeEveryMs).unref();
  return {
    cache,
    close() {
      clearInterval(timer);
      cache.clear();
    },
  };
}

/**
 * Whether a message, as on the wire, will not change by itself any more; `delivered` on WhatsApp may still
 * become `read`. False for anything that is no message.
 */
export function isSettled(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as { status?: unknown; from?: string | null; to?: string | null; num_media?: string };
  return typeof message.status === 'string' && isFinal(message.status, channelOf(message));
}
