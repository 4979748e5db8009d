import type { Rate, RateOptions } from './counted-rate.ts';

export function createRate(options: RateOptions): Rate {
  if (options.perMinute === 0) return { take: async () => {}, close: async () => {} };
  // Most gateways count nothing: they do not load what it takes.
  const counting = import('./counted-rate.ts').then(({ createCountedRate }) => createCountedRate(options));
  return {
    take: async (caller) => (await counting).take(caller),
    close: async () => (await counting).close(),
  };
}
