/** Limits how many requests run at once. */
export interface Limiter {
  /**
   * Runs `task` when a slot is free. The task tells whether Twilio refused it for concurrency (429).
   * @throws the signal's reason when it is aborted while waiting
   */
  run<T>(task: () => Promise<T>, wasRefused: (result: T) => boolean, signal?: AbortSignal): Promise<T>;
  readonly limit: number;
  readonly running: number;
}

export interface LimiterOptions {
  /** @default 20 */
  initial?: number;
  /** @default 100 */
  max?: number;
}

/**
 * Adapts to a limit nobody publishes: grows by one per round of good answers and halves on a refusal
 * (additive increase, multiplicative decrease, as TCP does). Refusals of requests that had started before
 * the last halving belong to the same event and halve nothing.
 *
 * @see https://www.twilio.com/docs/api/errors/20429
 */
export function createLimiter({ initial = 20, max = 100 }: LimiterOptions = {}): Limiter {
  let limit = initial;
  let running = 0;
  let starts = 0;
  let halvedAt = 0;
  const waiting: (() => void)[] = [];

  function acquire(signal: AbortSignal | undefined): Promise<void> {
    if (running < Math.floor(limit) && waiting.length === 0) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        running += 1;
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(enter);
    });
  }

  function release(): void {
    running -= 1;
    while (waiting.length > 0 && running < Math.floor(limit)) waiting.shift()?.();
  }

  return {
    async run(task, wasRefused, signal) {
      signal?.throwIfAborted();
      await acquire(signal);
      starts += 1;
      const start = starts;
      try {
        const result = await task();
        if (!wasRefused(result)) {
          limit = Math.min(max, limit + 1 / limit);
        } else if (start > halvedAt) {
          limit = Math.max(1, limit / 2);
          halvedAt = starts;
        }
        return result;
      } finally {
        release();
      }
    },
    get limit() {
      return Math.floor(limit);
    },
    get running() {
      return running;
    },
  };
}
