import { LRUCache } from 'lru-cache';
import type { QueryCost } from '../limits/query-cost.ts';

/** An answer without errors, made of nothing that may change before its lifetime is over. */
export interface KeptAnswer {
  readonly body: Buffer<ArrayBuffer>;
  /** The operations' names, for the log. */
  readonly operations: readonly string[];
  /** What it was reckoned to cost, for the log. */
  readonly cost: QueryCost | undefined;
}

/**
 * Answers that may be given again to the same caller who asks with the same bytes. Only for what
 * {@link IsKeepable} allows, and no longer than everything lives that was read for it.
 */
export interface KeptAnswers {
  get(key: string): KeptAnswer | undefined;
  /**
   * Both times by `performance.now()`.
   *
   * @param since when its request began; one that was let in before a change of keys or credentials is not kept
   */
  keep(key: string, answer: KeptAnswer, times: { since: number; until: number }): void;
  close(): void;
}

/** For an answer larger than this, being asked for twice is rarer than pushing out many others is costly. */
const LARGEST = 1024 * 1024;

/** What a message's body has outlived, it is let go of. */
const PURGE_EVERY_MS = 5_000;

export function createKeptAnswers(
  maxBytes: number,
  onChange: (forget: () => void) => () => void,
): KeptAnswers {
  if (maxBytes === 0) return { get: () => undefined, keep: () => {}, close: () => {} };
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize: maxBytes,
    maxEntrySize: Math.min(LARGEST, maxBytes),
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + 200,
  });
  const timer = setInterval(() => answers.purgeStale(), PURGE_EVERY_MS).unref();
  // Another key, another secret, another permission: what was answered before no longer counts.
  let changedAt = Number.NEGATIVE_INFINITY;
  const stopWatching = onChange(() => {
    changedAt = performance.now();
    answers.clear();
  });

  return {
    get: (key) => answers.get(key),
    keep(key, answer, { since, until }) {
      const ttl = until - performance.now();
      if (since > changedAt && ttl > 0 && Number.isFinite(ttl)) answers.set(key, answer, { ttl });
    },
    close() {
      clearInterval(timer);
      stopWatching();
      answers.clear();
    },
  };
}
