import { LRUCache } from 'lru-cache';
import { channelOf, isFinal } from '../delivery/outcome.ts';
import type { TwilioPage } from './page.ts';
import type { WireAccount, WireMedia, WireMessage } from './wire.ts';

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

type Cached = TwilioPage<WireMessage | WireMedia | WireAccount> | WireMessage | WireAccount;

/** What has been read and may be answered again. The key names credential and secret, so nothing crosses. */
export type ReadCache = LRUCache<string, Cached>;

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
  const cache: ReadCache = new LRUCache({ maxSize: settings.maxBytes, sizeCalculation: sizeOf });
  const timer = setInterval(() => cache.purgeStale(), purgeEveryMs).unref();
  return {
    cache,
    close() {
      clearInterval(timer);
      cache.clear();
    },
  };
}

/** A message that will not change by itself any more; `delivered` on WhatsApp may still become `read`. */
export function isSettled(message: WireMessage): boolean {
  return isFinal(message.status, channelOf(message));
}

/** About as many bytes as a parsed payload takes: a fixed part for its twenty fields, and its text. */
function sizeOf(value: Cached): number {
  if ('items' in value) return 500 + value.items.reduce((sum, item) => sum + sizeOfItem(item), 0);
  return sizeOfItem(value);
}

function sizeOfItem(item: WireMessage | WireMedia | WireAccount): number {
  return 1_500 + ('body' in item ? 2 * (item.body?.length ?? 0) : 0);
}
