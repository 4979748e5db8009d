import { setTimeout } from 'node:timers/promises';
import { TwilioError } from '../twilio-error.ts';

/** When an account's Twilio counts as dead, and how long it is left alone. */
export interface CircuitSettings {
  /** So many attempts must fail in a row, without a good one among them; 0 never opens. */
  readonly failures: number;
  /** Milliseconds until one call tries again. */
  readonly openMs: number;
  /** The row must be at least so long, in milliseconds: connections that all break at once are not an outage. */
  readonly overMs?: number;
}

/** What an attempt tells about Twilio: it is alive, it is not, or nothing at all. */
export type Verdict = 'good' | 'bad' | 'none';

export interface Outcome<T> {
  readonly verdict: Verdict;
  /** What Twilio itself asked to wait, in milliseconds. */
  readonly waitMs?: number;
  readonly settle: () => T;
}

/** Fails fast for an account whose Twilio does not answer. */
export interface Circuit {
  readonly isOpen: boolean;
  /** @throws {TwilioError} with `retryAfter` while no call would be let through */
  check(): void;
  /**
   * Lets one attempt through and learns from it. While the circuit is open, after its time, that is one at a
   * time: the probe. What comes meanwhile waits a moment for how that ends. One good answer closes it.
   *
   * @throws {TwilioError} with `retryAfter` where the attempt is not let through
   * @throws the signal's reason when it is aborted while it waits
   */
  attempt<T>(run: () => Promise<Outcome<T>>, signal?: AbortSignal): Promise<T>;
}

/** Twilio's own wish is heard, but not for ever. */
const LONGEST_OPEN_MS = 60_000;

const DEFAULT_OVER_MS = 1_000;

/** The answer of a Twilio that is well again comes within this; a probe that hangs keeps nobody longer. */
const WAIT_FOR_PROBE_MS = 1_000;

/** @param now milliseconds of a clock that nobody sets */
export function createCircuit(
  { failures, openMs, overMs = DEFAULT_OVER_MS }: CircuitSettings,
  onChange: (isOpen: boolean) => void = () => {},
  now: () => number = () => performance.now(),
): Circuit {
  let inARow = 0;
  let rowBegan = 0;
  /** Undefined while closed. */
  let openUntil: number | undefined;
  /** Settles when the probe that runs has ended. */
  let probe: Promise<void> | undefined;

  function open(waitMs: number): void {
    const wasOpen = openUntil !== undefined;
    openUntil = now() + Math.max(openMs, Math.min(waitMs, LONGEST_OPEN_MS));
    if (!wasOpen) onChange(true);
  }

  function learn({ verdict, waitMs = 0 }: Outcome<unknown>, isProbe: boolean): void {
    if (verdict === 'good') {
      inARow = 0;
      const wasOpen = openUntil !== undefined;
      openUntil = undefined;
      if (wasOpen) onChange(false);
    } else if (verdict === 'bad') {
      // What began before the circuit opened tells nothing new.
      if (openUntil !== undefined && !isProbe) return;
      if (inARow === 0) rowBegan = now();
      inARow += 1;
      if (isProbe || (inARow >= failures && now() - rowBegan >= overMs)) open(waitMs);
    }
  }

  const isProbing = () => probe !== undefined;

  function refuse(leftMs: number): never {
    throw TwilioError.unreachable('api', undefined, Math.max(1, Math.ceil(leftMs / 1000)));
  }

  function check(): void {
    const left = openUntil === undefined ? 0 : openUntil - now();
    if (left > 0) refuse(left);
  }

  async function runProbe<T>(run: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { promise, resolve } = Promise.withResolvers<void>();
    probe = promise;
    try {
      const outcome = await run();
      learn(outcome, true);
      return outcome;
    } finally {
      probe = undefined;
      resolve();
    }
  }

  return {
    get isOpen() {
      return openUntil !== undefined;
    },
    check,
    async attempt(run, signal) {
      check();
      if (probe) {
        await settledWithin(probe, WAIT_FOR_PROBE_MS, signal);
        check();
        // It hangs, or was broken off and another who waited is the probe now.
        if (isProbing()) refuse(0);
      }
      if (openUntil !== undefined) return (await runProbe(run)).settle();
      const outcome = await run();
      if (failures > 0) learn(outcome, false);
      return outcome.settle();
    },
  };
}

/** @throws the signal's reason when it is aborted first */
async function settledWithin(promise: Promise<void>, ms: number, signal?: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const both = signal ? AbortSignal.any([enough.signal, signal]) : enough.signal;
  await Promise.race([promise, setTimeout(ms, undefined, { signal: both }).catch(() => {})]);
  enough.abort();
  signal?.throwIfAborted();
}
