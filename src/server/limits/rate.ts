import type { Identity } from '../../auth/caller.ts';
import type { Logger } from '../../log.ts';

type Caller = Pick<Identity, 'id' | 'name'>;

/** Counts what each caller asks. */
export interface Rate {
  /** @throws {RateLimitedCallerError} when the caller has used up the minute */
  take(caller: Caller): Promise<void>;
  close(): Promise<void>;
}

export interface RateOptions {
  /** 0 counts nothing. */
  readonly perMinute: number;
  /** Where several gateways count together; each by itself without one. */
  readonly databaseUrl?: string | undefined;
  readonly log: Logger;
}

export function createRate(options: RateOptions): Rate {
  if (options.perMinute === 0) return { take: async () => {}, close: async () => {} };
  // Most gateways count nothing: they do not load what it takes.
  const counting = import('./counted-rate.ts').then(({ createCountedRate }) => createCountedRate(options));
  return {
    take: async (caller) => (await counting).take(caller),
    close: async () => (await counting).close(),
  };
}

/** What a caller is counted by: an API key by itself, tokens by their subject, who has ever new ones. */
export function rateKeyOf({ id, name }: Caller): string {
  return id.startsWith('token:') ? `subject:${name}` : id;
}
