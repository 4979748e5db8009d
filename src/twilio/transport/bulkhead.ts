import { BulkheadRejectedError, bulkhead as bulkheadPolicy } from 'cockatiel';
import type { Schedule, Transport } from '../types.ts';

/** The calls of one credential that are running or waiting; no other credential's count. */
export interface Bulkhead {
  /** @throws {BulkheadFullError} where the task is not run */
  run<T>(task: () => Promise<T>): Promise<T>;
  readonly running: number;
}

/** A credential has as many calls running or waiting as it may. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
  readonly limit: number;

  constructor(limit: number) {
    super(`${limit} calls to Twilio are running or waiting under this credential.`);
    this.limit = limit;
  }
}

/** Twice what one operation may call. */
export const DEFAULT_MAX_CALLS = 1_000;

/**
 * Keeps a credential whose Twilio hangs from holding any number of calls, with their requests and their
 * memory. It has no queue of its own: the concurrency limiter's is inside, and is counted.
 */
export function createBulkhead(maxCalls: number = DEFAULT_MAX_CALLS): Bulkhead {
  const policy = bulkheadPolicy(maxCalls);
  return {
    async run(task) {
      try {
        return await policy.execute(task);
      } catch (error) {
        throw error instanceof BulkheadRejectedError ? new BulkheadFullError(maxCalls) : error;
      }
    },
    get running() {
      return maxCalls - policy.executionSlots;
    },
  };
}

/**
 * Rejects a call where the credential has too many.
 *
 * @param schedule runs what a failed call leads to, now or soon: where Twilio hangs, all calls end in the
 * same moment, when they time out or the circuit opens. @default at once
 */
export function bulkhead(next: Transport, calls: Bulkhead, schedule: Schedule = (work) => work()): Transport {
  return async (request, scope) => {
    try {
      return await calls.run(() => next(request, scope));
    } catch (error) {
      await new Promise<void>((resolve) => schedule(resolve, scope.flow));
      throw error;
    }
  };
}
