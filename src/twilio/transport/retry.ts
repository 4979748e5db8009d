import { DelegateBackoff, handleType, retry as retryPolicy } from 'cockatiel';
import { TwilioError } from '../errors.ts';
import type { ReadRequest, ReadResult, ReadScope, Transport } from '../types.ts';
import { abortable } from './abortable.ts';
import { CircuitOpenError } from './circuit-breaker.ts';
import { PageInsteadOfJsonError } from './ky-client.ts';

/** The retries of one read, after the first attempt. */
const MAX_RETRIES = 3;

/** Twilio's advice for 20429; the figures are those of its own SDK, and the jitter is full. In milliseconds. */
const BACKOFF = { first: 200, factor: 2, longest: 3_000 };

/** No read waits longer for what a response asks to wait, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 10_000;

const RETRYABLE = new Set([0, 429, 500, 502, 503, 504]);

/** A failed attempt that is worth another one. */
class RetryableError extends Error {
  readonly delayMs: number;

  constructor(cause: unknown, delayMs: number) {
    super('worth another attempt', { cause });
    this.delayMs = delayMs;
  }
}

/**
 * Retries a read where that may help and there is time: a wait that would end after the deadline is not begun, and
 * neither is one longer than an attempt may take.
 *
 * @param longestWaitMs how long Twilio may ask to wait
 */
export function retry(next: Transport, longestWaitMs: number): Transport {
  const longestMs = Math.min(longestWaitMs, LONGEST_RETRY_AFTER_MS);
  const policy = retryPolicy(handleType(RetryableError), {
    maxAttempts: MAX_RETRIES,
    backoff: new DelegateBackoff(({ result }) =>
      'error' in result && result.error instanceof RetryableError ? result.error.delayMs : 0,
    ),
  });

  /** Hands the policy the first attempt, which has failed, and runs those it makes of that. */
  async function goOn(
    first: Promise<ReadResult>,
    request: ReadRequest,
    scope: ReadScope,
  ): Promise<ReadResult> {
    try {
      // cockatiel does not end its wait before a retry when the signal aborts.
      const attempts = policy.execute(async ({ attempt }) => {
        scope.signal.throwIfAborted();
        try {
          return await (attempt === 0 ? first : next(request, scope));
        } catch (error) {
          const delayMs = attempt < MAX_RETRIES ? delayBefore(error, attempt, request) : undefined;
          if (delayMs === undefined || delayMs > longestMs || !hasTime(scope, delayMs)) throw error;
          throw new RetryableError(error, delayMs);
        }
      });
      return await abortable(attempts, scope.signal);
    } catch (error) {
      throw error instanceof RetryableError ? error.cause : error;
    }
  }

  return async (request, scope) => {
    scope.signal.throwIfAborted();
    const first = next(request, scope);
    try {
      return await first;
    } catch {
      return goOn(first, request, scope);
    }
  };
}

/** Undefined where another attempt would not help. */
function delayBefore(error: unknown, attempt: number, { largePage }: ReadRequest): number | undefined {
  if (error instanceof PageInsteadOfJsonError) return backoff(attempt);
  if (!(error instanceof TwilioError) || error instanceof CircuitOpenError) return undefined;
  if (!RETRYABLE.has(error.status)) return undefined;
  if (largePage && error.status === 500) return undefined;
  return error.retryAfter ? error.retryAfter * 1000 : backoff(attempt);
}

function backoff(attempt: number): number {
  return Math.random() * Math.min(BACKOFF.longest, BACKOFF.first * BACKOFF.factor ** attempt);
}

function hasTime({ deadline = Number.POSITIVE_INFINITY }: ReadScope, delayMs: number): boolean {
  return performance.now() + delayMs < deadline;
}
