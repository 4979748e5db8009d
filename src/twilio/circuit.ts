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
   * time: the probe. One good answer closes it.
   *
   * @throws {TwilioError} with `retryAfter` where the attempt is not let through
   */
  attempt<T>(run: () => Promise<Outcome<T>>): Promise<T>;
}

/** Twilio's own wish is heard, but not for ever. */
const LONGEST_OPEN_MS = 60_000;

const DEFAULT_OVER_MS = 1_000;

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
  let probing = false;

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

  function check(): void {
    if (openUntil === undefined) return;
    const left = openUntil - now();
    if (left <= 0 && !probing) return;
    throw TwilioError.unreachable('api', undefined, Math.max(1, Math.ceil(left / 1000)));
  }

  return {
    get isOpen() {
      return openUntil !== undefined;
    },
    check,
    async attempt(run) {
      check();
      const isProbe = openUntil !== undefined;
      if (isProbe) probing = true;
      try {
        const outcome = await run();
        if (failures > 0) learn(outcome, isProbe);
        return outcome.settle();
      } finally {
        if (isProbe) probing = false;
      }
    },
  };
}
