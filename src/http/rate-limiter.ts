export type { RateLimiter } from './counting-rate-limiter.ts';

import type { RateLimiter, RateLimiterOptions } from './counting-rate-limiter.ts';

export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  if (options.perMinute === 0) return { take: async () => {}, close: async () => {} };
  // Most gateways count nothing: they do not load what it takes.
  const counting = import('./counting-rate-limiter.ts').then(({ createCountingRateLimiter }) =>
    createCountingRateLimiter(options),
  );
  return {
    take: async (caller) => (await counting).take(caller),
    close: async () => (await counting).close(),
  };
}
