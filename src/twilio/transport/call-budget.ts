import type { Transport } from '../types.ts';

/** The scope's budget of calls is spent. */
export class CallBudgetError extends Error {
  override readonly name = 'CallBudgetError';
  readonly limit: number;

  constructor(limit: number) {
    super(`The budget of ${limit} calls to Twilio is spent.`);
    this.limit = limit;
  }
}

/**
 * Counts a call before it starts. It throws synchronously when the budget is spent, because single-flight lets other
 * requests, which have budgets of their own, wait for a promise.
 */
export function callBudget(next: Transport): Transport {
  return (request, scope) => {
    if (scope.signal.aborted) return Promise.reject(scope.signal.reason);
    scope.budget?.spend(scope.continues ?? false);
    return next(request, scope);
  };
}
