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
  /** How many calls may run here. */
  readonly limit: number;
  /** How many calls may run under the account, on all gateways: what was learnt, without a trial that goes on. */
  readonly learnt: number;
  readonly running: number;
  readonly waiting: number;
  /** How many calls were rejected for concurrency, ever. */
  readonly rejections: number;
  /** Returns the most calls that ran or waited at once since the last time. */
  takePeak(): number;
  /** Sets the part of the account's limit that this gateway has. @default the whole limit */
  share(part: LimitShare): void;
}

/** A gateway's part of the limit of an account. */
export interface LimitShare {
  /** How many calls may run here. */
  readonly slots: number;
  /** How many calls may run under the account. */
  readonly limit: number;
  /** Whether this gateway learns the limit, for all of them. */
  readonly leads: boolean;
  /** Whether it may try more slots: all slots of all gateways are used. */
  readonly tries: boolean;
  /** Calls of the others that were rejected since the last share. */
  readonly rejectedElsewhere: number;
}

/** Waits for a slot of the limiter before each attempt. */
export function concurrencyLimiter(next: Transport, limiter: Limiter): Transport {
  return (request, scope) => limiter.run(() => next(request, scope), scope.signal, scope.background);
}

/** Successes between a rejected trial of one more slot and the next trial: under 1 % of calls are rejected. */
const REST = 120;

/** Rejections of a round that say nothing, as a number and as a share of the calls. */
const FEW = 2;
const RARE = 0.2;
/** The least number of calls of a round. */
const ROUND = 10;

/** Shares after which a rejection elsewhere is known here. */
const HEARD = 2;

/**
 * Finds and follows Twilio's limit, which is not published. After a round of successes at a fully used limit, it tries
 * one more slot, then two, four, … A rejected trial restores the limit before it and halves the next step; a rejected
 * step of one starts a rest. Without a trial, more rejections than now and then mean that Twilio's limit fell: ours halves.
 * Rejections of calls that started before the last change are ignored.
 *
 * Where gateways share an account (limit-shares.ts), one of them learns the limit from the rejections of all, which it
 * knows at each share: a trial succeeds after two shares without one. Each gateway gives a slot back for each rejection,
 * until its next share; without a trial, the limit becomes what is left.
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
  /** The calls of a round that ended, and those of them that were rejected. */
  let ended = 0;
  let rejected = 0;
  /** Whether the limit was reached since it was set. */
  let used = false;
  /** Slots of the limit that other gateways have; null without others. */
  let elsewhere: number | null = null;
  let leads = true;
  let tries = true;
  let rejections = 0;
  /** Rejections since the last share. */
  let lost = 0;
  let startsAtShare = 0;
  /** Shares since the trial began, or to come in which its rejections are still reported. */
  let heard = 0;
  let echoes = 0;
  let peak = 0;
  const waiting: (() => void)[] = [];
  /** Tasks in the background, and how many of them run. */
  const waitingBehind: (() => void)[] = [];
  let runningBehind = 0;

  const slots = () => Math.max(1, elsewhere === null ? limit : limit - elsewhere - lost);

  function change(to: number): void {
    limit = Math.max(1, Math.min(max, to));
    changedAt = starts;
    good = 0;
    ended = 0;
    rejected = 0;
    used = false;
  }

  /** Whether the rejections are frequent enough to lower the limit: single ones have other causes. */
  const isFrequent = (count: number, calls: number) => count > Math.max(FEW, RARE * Math.max(ROUND, calls));

  function countRound(isRejected: boolean): void {
    if (ended >= Math.max(ROUND, slots())) {
      ended = 0;
      rejected = 0;
    }
    ended += 1;
    rejected += Number(isRejected);
  }

  function onGood(start: number): void {
    if (start <= changedAt) return;
    countRound(false);
    if (!leads) return;
    good += 1;
    if (!used || limit === max) return;
    if (trusted !== null && good >= slots() && (elsewhere === null || heard >= HEARD)) {
      trusted = null;
      step *= 2;
      rest = 0;
    }
    if (trusted === null && tries && good >= rest) {
      trusted = limit;
      heard = 0;
      change(limit + step);
    }
  }

  function onRejected(start: number): void {
    rejections += 1;
    lost += 1;
    if (start <= changedAt) return;
    countRound(true);
    if (trusted !== null) endTrial();
    else if (elsewhere === null && isFrequent(rejected, ended)) reduce(Math.floor(limit / 2));
  }

  function endTrial(): void {
    if (trusted === null) return;
    rest = step > 1 ? trusted : Math.max(REST, 4 * trusted);
    step = Math.max(1, Math.floor(step / 2));
    change(trusted);
    trusted = null;
    echoes = HEARD;
  }

  function reduce(to: number): void {
    step = 1;
    change(to);
    rest = limit;
  }

  function share(part: LimitShare): void {
    const all = part.rejectedElsewhere + lost;
    // The others have about as many calls for each of their slots.
    const calls = ((starts - startsAtShare) * part.limit) / Math.max(1, part.slots);
    startsAtShare = starts;
    lost = 0;
    heard += 1;
    const isNew = part.leads !== leads;
    ({ leads, tries } = part);
    if (isNew || !leads) {
      trusted = null;
      echoes = 0;
      reduce(part.limit);
    } else if (elsewhere !== null && all > 0) {
      if (trusted !== null) endTrial();
      else if (echoes === 0 && isFrequent(all, calls)) reduce(Math.max(Math.ceil(limit / 2), limit - all));
    }
    echoes = Math.max(0, echoes - 1);
    elsewhere = part.slots < part.limit ? Math.max(0, (trusted ?? limit) - part.slots) : null;
    admit();
  }

  const hasSlot = () => running < slots();
  /** Half of the slots, but of one slot that one. */
  const hasSlotBehind = () =>
    hasSlot() && waiting.length === 0 && runningBehind < Math.max(1, Math.floor(slots() / 2));
  const notePeak = () => {
    peak = Math.max(peak, running + waiting.length + waitingBehind.length);
  };

  function tryAcquire(background: boolean): boolean {
    const queue = background ? waitingBehind : waiting;
    if (queue.length > 0 || !(background ? hasSlotBehind() : hasSlot())) return false;
    running += 1;
    runningBehind += Number(background);
    notePeak();
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
      notePeak();
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
      used ||= running >= slots();
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
    takePeak() {
      const taken = peak;
      peak = 0;
      notePeak();
      return taken;
    },
    share,
    get limit() {
      return slots();
    },
    get learnt() {
      return trusted ?? limit;
    },
    get rejections() {
      return rejections;
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length + waitingBehind.length;
    },
  };
}
