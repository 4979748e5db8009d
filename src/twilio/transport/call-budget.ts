import type { Transport } from '../types.ts';

/**
 * Pays for a call before it begins. It throws at once where the budget is spent, not from the promise: other requests
 * may be about to wait for the same read, and they have budgets of their own.
 */
export function callBudget(next: Transport): Transport {
  return (request, scope) => {
    if (scope.signal.aborted) return Promise.reject(scope.signal.reason);
    if (scope.continues) scope.budget?.overdraw();
    else scope.budget?.spend();
    return next(request, scope);
  };
}
