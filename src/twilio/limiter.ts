/** Limits how many requests run at once. */
export interface Limiter {
  /**
   * Runs `task` when a slot is free. The task tells whether Twilio refused it for concurrency (429).
   * @throws the signal's reason when it is aborted while waiting
   */
  run<T>(task: () => Promise<T>, wasRefused: (result: T) => boolean, signal?: AbortSignal): Promise<T>;
  readonly limit: number;
  readonly running: number;
  readonly waiting: number;
}

export interface LimiterOptions {
  /** @default 20 */
  initial?: number;
  /** @default 100 */
  max?: number;
}

/** After a trial of one more was refused, so many good answers pass before the next: under 1 % are refused. */
const REST = 120;

/**
 * Finds a limit nobody publishes, and follows it. Once a round of answers was good at a limit that was used
 * to the full, it tries more: one, then two, four, … A trial that is refused goes back to what held before and
 * tries half as much; at one it rests. A refusal without a trial means that Twilio's limit fell: ours halves.
 * Refusals of requests that had started before the last change belong to what was changed, and change nothing.
 *
 * @see https://www.twilio.com/docs/api/errors/20429
 */
export function createLimiter({ initial = 20, max = 100 }: LimiterOptions = {}): Limiter {
  let limit = Math.min(initial, max);
  let running = 0;
  let starts = 0;
  let changedAt = 0;
  /** What the next trial adds. */
  let step = 1;
  /** The limit before the trial that runs; null while none does. */
  let trusted: number | null = null;
  let good = 0;
  /** Good answers to wait for before the next trial. */
  let rest = limit;
  /** Whether the limit was reached since it was set: one that is never reached has not been tried. */
  let used = false;
  const waiting: (() => void)[] = [];

  function change(to: number): void {
    limit = Math.max(1, Math.min(max, to));
    changedAt = starts;
    good = 0;
    used = false;
  }

  function onGood(start: number): void {
    if (start <= changedAt) return;
    good += 1;
    if (!used || limit === max) return;
    if (trusted !== null && good >= limit) {
      trusted = null;
      step *= 2;
      rest = 0;
    }
    if (trusted === null && good >= rest) {
      trusted = limit;
      change(limit + step);
    }
  }

  function onRefused(start: number): void {
    if (start <= changedAt) return;
    if (trusted === null) {
      step = 1;
      change(Math.floor(limit / 2));
      rest = limit;
      return;
    }
    rest = step > 1 ? trusted : Math.max(REST, 4 * trusted);
    step = Math.max(1, Math.floor(step / 2));
    change(trusted);
    trusted = null;
  }

  function acquire(signal: AbortSignal | undefined): Promise<void> {
    if (running < limit && waiting.length === 0) {
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
    while (waiting.length > 0 && running < limit) waiting.shift()?.();
  }

  return {
    async run(task, wasRefused, signal) {
      signal?.throwIfAborted();
      await acquire(signal);
      starts += 1;
      used ||= running >= limit;
      const start = starts;
      try {
        const result = await task();
        if (wasRefused(result)) onRefused(start);
        else onGood(start);
        return result;
      } finally {
        release();
      }
    },
    get limit() {
      return limit;
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length;
    },
  };
}
