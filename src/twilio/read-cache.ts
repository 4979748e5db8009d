import { LRUCache } from 'lru-cache';
import { channelOf, isFinal } from '../delivery/outcome.ts';
import { createDoorkeeper } from './doorkeeper.ts';

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
export interface ReadCache {
  get(key: string): string | undefined;
  has(key: string): boolean;
  /** For how many milliseconds it is still kept; 0 where it is not. */
  remaining(key: string): number;
  /**
   * Keeps an answer, if the same was offered before: most reads come once, and keeping those would push out the
   * others and fill the memory with bodies nobody asks for again.
   */
  offer(key: string, text: string, ttl: number): void;
  /** Of what is kept, in bytes. */
  readonly size: number;
  close(): void;
}

/** What has outlived its lifetime is not only not answered, but let go of: it may be a message's body. */
const PURGE_EVERY_MS = 5_000;

/** @returns undefined where nothing is to be kept */
export function createReadCache(
  { maxBytes }: Pick<CacheSettings, 'maxBytes'>,
  purgeEveryMs = PURGE_EVERY_MS,
): ReadCache | undefined {
  if (maxBytes === 0) return undefined;
  const hasCome = createDoorkeeper();
  const kept = new LRUCache<string, string>({
    maxSize: maxBytes,
    // Up to two bytes a character, and what an entry itself takes.
    sizeCalculation: (text, key) => 2 * (text.length + key.length) + 200,
  });
  const timer = setInterval(() => kept.purgeStale(), purgeEveryMs).unref();
  return {
    get: (key) => kept.get(key),
    has: (key) => kept.has(key),
    remaining: (key) => kept.getRemainingTTL(key),
    offer(key, text, ttl) {
      if (hasCome(key)) kept.set(key, text, { ttl });
    },
    get size() {
      return kept.calculatedSize;
    },
    close() {
      clearInterval(timer);
      kept.clear();
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
