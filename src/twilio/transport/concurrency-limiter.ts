import { TwilioError } from '../errors.ts';
import type { Transport } from '../types.ts';

/** Limits how many calls run at once. */
export interface Limiter {
  /**
   * Runs `task` when a slot is free, and learns from a rejection for concurrency (429).
   *
   * @param background whether the task waits behind all others, and leaves half of the slots to them. @default false
   * @throws the signal's reason when it is aborted while waiting
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal, background?: boolean): Promise<T>;
  readonly limit: number;
  readonly running: number;
  readonly waiting: number;
}

/** Waits for a slot of the limiter before each attempt. */
export function concurrencyLimiter(next: Transport, limiter: Limiter): Transport {
  return (request, scope) => limiter.run(() => next(request, scope), scope.signal, scope.background);
}

/** Successes between a rejected trial of one more slot and the next trial: under 1 % of calls are rejected. */
const REST = 120;

/**
 * Finds and follows Twilio's limit, which is not published. After a round of successes at a fully used limit, it tries
 * one more slot, then two, four, … A rejected trial restores the limit before it and halves the next step; a rejected
 * step of one starts a rest. A rejection without a trial means that Twilio's limit fell: ours halves. Rejections of calls
 * that started before the last change are ignored.
 *
 * @see https://www.twilio.com/docs/api/errors/20429
 */
export function createLimiter({ initial = 20, max = 100 }: { initial?: number; max?: number } = {}): Limiter {
  let limit = Math.min(initial, max);
  let running = 0;
  let starts = 0;
  let changedAt = 0;
  /** The number of slots that the next trial adds. */
  let step = 1;
  /** The limit before the running trial; null without a trial. */
  let trusted: number | null = null;
  let good = 0;
  /** Successes to wait for before the next trial. */
  let rest = limit;
  /** Whether the limit was reached since it was set. */
  let used = false;
  const waiting: (() => void)[] = [];
  /** Tasks in the background, and how many of them run. */
  const waitingBehind: (() => void)[] = [];
  let runningBehind = 0;

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

  function onRejected(start: number): void {
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

  const hasSlot = () => running < limit;
  /** Half of the limit, but of a limit of 1 the only slot. */
  const hasSlotBehind = () =>
    hasSlot() && waiting.length === 0 && runningBehind < Math.max(1, Math.floor(limit / 2));

  function tryAcquire(background: boolean): boolean {
    const queue = background ? waitingBehind : waiting;
    if (queue.length > 0 || !(background ? hasSlotBehind() : hasSlot())) return false;
    running += 1;
    runningBehind += Number(background);
    return true;
  }

  function acquire(signal: AbortSignal | undefined, background: boolean): Promise<void> {
    const queue = background ? waitingBehind : waiting;
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        running += 1;
        runningBehind += Number(background);
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal?.reason);
        // The calls behind it may run now.
        admit();
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(enter);
    });
  }

  function admit(): void {
    while (waiting.length > 0 && hasSlot()) waiting.shift()?.();
    while (waitingBehind.length > 0 && hasSlotBehind()) waitingBehind.shift()?.();
  }

  function release(background: boolean): void {
    running -= 1;
    runningBehind -= Number(background);
    admit();
  }

  return {
    async run(task, signal, background = false) {
      signal?.throwIfAborted();
      if (!tryAcquire(background)) await acquire(signal, background);
      starts += 1;
      used ||= running >= limit;
      const start = starts;
      try {
        const result = await task();
        onGood(start);
        return result;
      } catch (error) {
        // A broken connection and a timeout say nothing about the limit.
        if (error instanceof TwilioError && error.status === 429) onRejected(start);
        else if (error instanceof TwilioError && error.status > 0) onGood(start);
        throw error;
      } finally {
        release(background);
      }
    },
    get limit() {
      return limit;
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length + waitingBehind.length;
    },
  };
}
