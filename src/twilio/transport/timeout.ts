import { TimeoutStrategy, timeout as timeoutPolicy } from 'cockatiel';
import { TwilioError } from '../errors.ts';
import type { Transport } from '../types.ts';

export interface TimeoutOptions {
  /** For one attempt, in milliseconds; the wait for a slot does not count. */
  readonly timeoutMs: number;
  /** An attempt that had no response for this long when the request's deadline passed is a failure of Twilio's. */
  readonly silenceMs: number;
}

/** Node counts timers in whole milliseconds, so a deadline's may fire that much before `performance.now()` is there. */
const TIMER_IS_EARLY_MS = 1;

/** Bounds one attempt. An attempt that takes too long fails like a connection that breaks. */
export function timeout(next: Transport, { timeoutMs, silenceMs }: TimeoutOptions): Transport {
  const policy = timeoutPolicy(timeoutMs, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });

  return async (request, scope) => {
    const { signal, deadline } = scope;
    const startedAt = performance.now();
    let attempt: AbortSignal | undefined;
    try {
      return await policy.execute((_, attemptSignal = signal) => {
        attempt = attemptSignal;
        return next(request, { ...scope, signal: attemptSignal });
      }, signal);
    } catch (error) {
      const now = performance.now();
      if (signal.aborted) {
        const isOver = deadline !== undefined && now >= deadline - TIMER_IS_EARLY_MS;
        const isSilent = isOver && now - startedAt >= silenceMs;
        throw isSilent ? TwilioError.unreachable('api', signal.reason) : signal.reason;
      }
      throw attempt?.aborted ? TwilioError.unreachable('api', error) : error;
    }
  };
}
