import { setTimeout } from 'node:timers/promises';
import { TwilioError } from '../errors.ts';
import type { ReadRequest, ReadScope, Transport } from '../types.ts';
import { CircuitOpenError } from './circuit-breaker.ts';
import { PageInsteadOfJsonError } from './ky-client.ts';

/** After the first attempt. */
const MAX_RETRIES = 3;

/** In milliseconds, before full jitter. The figures are those of Twilio's own SDK. */
const BACKOFF = { first: 200, factor: 2, longest: 3_000 };

/** The longest Retry-After that a read waits for, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 10_000;

const RETRYABLE = new Set([0, 429, 500, 502, 503, 504]);

/**
 * Retries a read after 429, 5xx, a broken connection, or a page in place of JSON. It does not wait past the request's
 * deadline.
 *
 * @param longestWaitMs the longest wait for Retry-After
 */
export function retry(next: Transport, longestWaitMs: number): Transport {
  const longestMs = Math.min(longestWaitMs, LONGEST_RETRY_AFTER_MS);

  return async (request, scope) => {
    const { signal } = scope;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await next(request, scope);
      } catch (error) {
        const delayMs = attempt < MAX_RETRIES ? delayBefore(error, attempt, request) : undefined;
        if (delayMs === undefined || delayMs > longestMs || !hasTime(scope, delayMs)) throw error;
        // After an abort, the loop throws the signal's reason.
        await setTimeout(delayMs, undefined, { signal }).catch(() => {});
      }
    }
  };
}

/** Returns milliseconds; undefined if a retry would not help. */
function delayBefore(error: unknown, attempt: number, { largePage }: ReadRequest): number | undefined {
  if (error instanceof PageInsteadOfJsonError) return backoff(attempt);
  if (!(error instanceof TwilioError) || error instanceof CircuitOpenError) return undefined;
  if (!RETRYABLE.has(error.status) || (largePage && error.status === 500)) return undefined;
  return error.retryAfter ? error.retryAfter * 1000 : backoff(attempt);
}

function backoff(attempt: number): number {
  return Math.random() * Math.min(BACKOFF.longest, BACKOFF.first * BACKOFF.factor ** attempt);
}

function hasTime({ deadline = Number.POSITIVE_INFINITY }: ReadScope, delayMs: number): boolean {
  return performance.now() + delayMs < deadline;
}
