import { BulkheadRejectedError, bulkhead as bulkheadPolicy } from 'cockatiel';
import type { Schedule, Transport } from '../types.ts';

/** A credential has its maximum number of calls running or waiting. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
  readonly limit: number;

  constructor(limit: number) {
    super(`${limit} calls to Twilio are running or waiting under this credential.`);
    this.limit = limit;
  }
}

/** Twice the maximum of one operation. */
const MAX_CALLS = 1_000;

/**
 * Limits the calls of one credential that run or wait, so that a Twilio that hangs does not fill the memory. It has no
 * queue of its own: the concurrency limiter, whose queue counts, is below it.
 *
 * @param schedule continues callers after a failed call: when Twilio hangs, all calls fail in the same moment. @default immediately
 */
export function bulkhead(
  next: Transport,
  schedule: Schedule = (work) => work(),
  maxCalls: number = MAX_CALLS,
): Transport {
  const policy = bulkheadPolicy(maxCalls);

  return async (request, scope) => {
    try {
      return await policy.execute(() => next(request, scope));
    } catch (error) {
      await new Promise<void>((resolve) => schedule(resolve, scope.flow));
      throw error instanceof BulkheadRejectedError ? new BulkheadFullError(maxCalls) : error;
    }
  };
}
