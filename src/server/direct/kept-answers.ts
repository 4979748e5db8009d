import { LRUCache } from 'lru-cache';
import { createSeenFilter } from '../../cache/seen-filter.ts';
import type { QueryCost } from '../limits/query-cost.ts';

/** For the log. */
export interface AnswerAbout {
  /** The operations' names. */
  readonly operations: readonly string[];
  /** What it was reckoned to cost. */
  readonly cost?: QueryCost | undefined;
  /** The credential it was asked for by name. */
  readonly credential?: string | undefined;
}

/** An answer without errors, made of nothing that may change before its lifetime is over. */
export interface KeptAnswer extends AnswerAbout {
  readonly body: Buffer<ArrayBuffer>;
}

export interface KeepTimes {
  readonly since: number;
  readonly until: number;
}

/**
 * Answers that may be given again to the same caller who asks with the same bytes. Only for what
 * {@link IsKeepable} allows, and no longer than everything lives that was read for it.
 */
export interface KeptAnswers {
  get(key: string): KeptAnswer | undefined;
  /**
   * Keeps an answer if one of that key was offered before: those who ask once would fill the memory.
   * Both times by `performance.now()`.
   *
   * @param since when its request began; one that was let in before a change of keys or credentials is not kept
   */
  offer(key: string, body: string, about: AnswerAbout, times: KeepTimes): void;
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
  if (maxBytes === 0) return { get: () => undefined, offer: () => {}, close: () => {} };
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize: maxBytes,
    maxEntrySize: Math.min(LARGEST, maxBytes),
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + 200,
  });
  const hasCome = createSeenFilter();
  const timer = setInterval(() => answers.purgeStale(), PURGE_EVERY_MS).unref();
  // Another key, another secret, another permission: what was answered before no longer counts.
  let changedAt = Number.NEGATIVE_INFINITY;
  const stopWatching = onChange(() => {
    changedAt = performance.now();
    answers.clear();
  });

  return {
    get: (key) => answers.get(key),
    offer(key, body, { cost, credential, operations }, { since, until }) {
      const ttl = until - performance.now();
      if (!(since > changedAt && ttl > 0 && Number.isFinite(ttl)) || !hasCome(key)) return;
      answers.set(key, { body: Buffer.from(body), operations, cost, credential }, { ttl });
    },
    close() {
      clearInterval(timer);
      stopWatching();
      answers.clear();
    },
  };
}
