import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker as circuitBreakerPolicy,
  handleWhen,
  type IBreaker,
} from 'cockatiel';
import { TwilioError, TwilioResponseError } from '../errors.ts';
import type { ReadRequest, Transport } from '../types.ts';

export interface CircuitSettings {
  /** Consecutive failures that open the circuit; 0 never opens it. */
  readonly failures: number;
  /** Milliseconds until one call tries again. */
  readonly openMs: number;
  /** The failures must span this long, in milliseconds: connections that all break at once are not an outage. @default 1000 */
  readonly overMs?: number;
}

/** Fails fast for an account whose Twilio does not respond. */
export interface CircuitBreaker {
  readonly isOpen: boolean;
  /**
   * Runs a task unless the circuit is open. After `openMs`, one task at a time runs as a probe; the others wait up to a
   * second for its result. A success closes the circuit.
   *
   * @throws {CircuitOpenError} when the task does not run
   */
  run<T>(request: Request, task: () => Promise<T>): Promise<T>;
}

/** The circuit is open: nothing was sent. `retryAfter` is the number of seconds until the next probe. */
export class CircuitOpenError extends TwilioError {
  constructor(leftMs: number) {
    const details = { source: 'api', code: null, status: 0, moreInfo: null, requestId: null } as const;
    super('Twilio could not be reached', { ...details, retryAfter: Math.max(1, Math.ceil(leftMs / 1000)) });
  }
}

/** Honours Retry-After of a 429 or 503, capped. In milliseconds. */
const LONGEST_OPEN_MS = 60_000;

/** More paths than any circuit needs to open. */
const MAX_FAILED = 1_000;

const DEFAULT_OVER_MS = 1_000;

/** The longest wait for the result of a probe, in milliseconds. A healthy Twilio responds within this time. */
const WAIT_FOR_PROBE_MS = 1_000;

/** Sends an attempt unless the account's circuit is open. */
export function circuitBreaker(next: Transport, circuit: CircuitBreaker): Transport {
  return (request, scope) => circuit.run(request, () => next(request, scope));
}

type Request = Pick<ReadRequest, 'largePage' | 'path'>;

/** An error that is not a failure of Twilio passes through the breaker as a value. */
type Settled<T> = { readonly value: T } | { readonly error: TwilioError | TwilioResponseError };

/** @param onChange called when the circuit opens or closes */
export function createCircuitBreaker(
  { failures, openMs, overMs = DEFAULT_OVER_MS }: CircuitSettings,
  onChange: (isOpen: boolean) => void = () => {},
): CircuitBreaker {
  let openUntil = 0;
  let probe: Promise<unknown> | undefined;
  /** The paths that got a 500 since the last success. */
  const failed = new Set<string>();

  const breaker = createConsecutiveBreaker(failures, overMs);
  const policy = circuitBreakerPolicy(
    // An aborted attempt is not a failure, unless it was the probe: then the circuit stays open.
    handleWhen((error) => isFailure(error) || policy.state === CircuitState.HalfOpen),
    {
      breaker,
      halfOpenAfter: { next: openFor },
    },
  );
  policy.onBreak(() => onChange(true));
  policy.onReset(() => onChange(false));

  function openFor({ result }: { result: object }) {
    const error = 'error' in result ? result.error : undefined;
    const asked = error instanceof TwilioError ? 1000 * (error.retryAfter ?? 0) : 0;
    // After an aborted probe, the next call is the probe.
    const duration = isFailure(error) ? Math.max(openMs, Math.min(asked, LONGEST_OPEN_MS)) : 0;
    openUntil = performance.now() + duration;
    return { duration, next: openFor };
  }

  /**
   * Whether a 500 may be caused by the resource that was read: Twilio responds to some large pages with 500/20500 where
   * smaller ones work, and each path counts once.
   */
  function isAboutRead({ largePage, path }: Request): boolean {
    const [resource = ''] = path.split('?');
    if (largePage || failed.has(resource)) return true;
    if (failed.size < MAX_FAILED) failed.add(resource);
    return false;
  }

  async function runByPolicy<T>(request: Request, task: () => Promise<T>): Promise<T> {
    if (policy.state === CircuitState.HalfOpen) {
      await settledWithin(probe, WAIT_FOR_PROBE_MS);
      if (policy.state === CircuitState.HalfOpen) throw new CircuitOpenError(0);
    }
    const mayProbe = policy.state === CircuitState.Open;
    const running = policy.execute(() => settle(task, () => isAboutRead(request)));
    if (mayProbe) probe = running;
    const settled = await running.catch((error: unknown) => {
      if (error instanceof BrokenCircuitError) throw new CircuitOpenError(openUntil - performance.now());
      throw error instanceof InconclusiveError ? error.cause : error;
    });
    failed.clear();
    if ('error' in settled) throw settled.error;
    return settled.value;
  }

  /** Runs a task while the circuit is closed. Only a failure goes through the policy, which is slow. */
  async function runClosed<T>(request: Request, task: () => Promise<T>): Promise<T> {
    const attempt = task();
    try {
      const value = await attempt;
      breaker.success(CircuitState.Closed);
      failed.clear();
      return value;
    } catch (error) {
      // Another call has opened the circuit meanwhile. This one started before, so it is not a probe.
      if (policy.state !== CircuitState.Closed) throw error;
      return runByPolicy(request, () => attempt);
    }
  }

  return {
    get isOpen() {
      return policy.state !== CircuitState.Closed;
    },
    async run(request, task) {
      if (failures === 0) return task();
      return policy.state === CircuitState.Closed ? runClosed(request, task) : runByPolicy(request, task);
    },
  };
}

/** A failure that may be caused by the resource that was read: it neither counts nor resets the count. */
class InconclusiveError extends Error {
  constructor(cause: TwilioError) {
    super('may be caused by the resource that was read', { cause });
  }
}

async function settle<T>(task: () => Promise<T>, isAboutRead: () => boolean): Promise<Settled<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    if (error instanceof TwilioResponseError) return { error };
    if (!(error instanceof TwilioError)) throw error;
    if (!isFailure(error)) return { error };
    throw error.status === 500 && isAboutRead() ? new InconclusiveError(error) : error;
  }
}

/** A rejection, 429 included, proves that Twilio responds. */
function isFailure(error: unknown): boolean {
  return error instanceof TwilioError && (error.status === 0 || error.status >= 500);
}

/** Opens after consecutive failures that span some time. */
function createConsecutiveBreaker(failures: number, overMs: number): IBreaker {
  let count = 0;
  let firstAt = 0;
  return {
    state: undefined,
    success() {
      count = 0;
    },
    failure() {
      if (count === 0) firstAt = performance.now();
      count += 1;
      return count >= failures && performance.now() - firstAt >= overMs;
    },
  };
}

async function settledWithin(promise: Promise<unknown> | undefined, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise?.then(nothing, nothing), late]);
  clearTimeout(timer);
}

const nothing = () => {};
