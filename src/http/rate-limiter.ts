import type { RateLimiterRes } from 'rate-limiter-flexible';
import { type Principal, usageKeyOf } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';

/** Counts the requests of each caller. */
export interface RateLimiter {
  /** @throws {RATE_LIMITED} when the caller has used up the minute */
  take(caller: Pick<Principal, 'id' | 'name'>): Promise<void>;
  close(): Promise<void>;
}

export interface RateLimiterOptions {
  /** 0 counts nothing. */
  readonly perMinute: number;
  /** The database in which several gateways count together. */
  readonly databaseUrl?: string | undefined;
  readonly log: Logger;
}

interface Limit {
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

interface Counter {
  /** Rejects with a `RateLimiterRes` for a caller over the limit, and with an Error for a fault. */
  consume(caller: string): Promise<unknown>;
  close(): Promise<void>;
}

/** No request waits longer than this for the database. */
const STATEMENT_TIMEOUT_MS = 500;
/** Pause before an unavailable database is used again. */
const PAUSE_MS = 5_000;
const MAX_CONNECTIONS = 3;

/** The libraries are imported only if requests are counted. */
export function createRateLimiter({ perMinute, databaseUrl, log }: RateLimiterOptions): RateLimiter {
  if (perMinute === 0) return { take: async () => {}, close: async () => {} };
  const limit = { points: perMinute, duration: 60 };
  const counter = databaseUrl === undefined ? countAlone(limit) : countTogether(databaseUrl, limit, log);
  return {
    async take(caller) {
      try {
        await (await counter).consume(usageKeyOf(caller));
      } catch (rejection) {
        if (rejection instanceof Error) throw rejection;
        const { consumedPoints, msBeforeNext } = rejection as RateLimiterRes;
        // A rejection from memory has no current count.
        const actual = Math.max(consumedPoints, perMinute + 1);
        throw gatewayError('RATE_LIMITED', caller.name, perMinute, actual, Math.ceil(msBeforeNext / 1000));
      }
    },
    close: async () => (await counter).close(),
  };
}

async function countAlone(limit: Limit): Promise<Counter> {
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  const limiter = new RateLimiterMemory(limit);
  return { consume: (caller) => limiter.consume(caller), close: async () => {} };
}

/**
 * Counts in the database, and in memory for five seconds after each fault of it. The library's own `insuranceLimiter`
 * has no such pause: during an outage each request would wait for a timeout.
 */
async function countTogether(databaseUrl: string, limit: Limit, log: Logger): Promise<Counter> {
  const [alone, shared] = await Promise.all([countAlone(limit), openShared(databaseUrl, limit)]);
  let pausedUntil = 0;
  return {
    async consume(caller) {
      if (performance.now() < pausedUntil) return alone.consume(caller);
      try {
        return await shared.consume(caller);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        pausedUntil = performance.now() + PAUSE_MS;
        log.warn({ err: error }, 'callers are counted by each gateway alone for now');
        return alone.consume(caller);
      }
    },
    close: shared.close,
  };
}

async function openShared(connectionString: string, limit: Limit): Promise<Counter> {
  const [{ default: pg }, { RateLimiterPostgres }] = await Promise.all([
    import('pg'),
    import('rate-limiter-flexible'),
  ]);
  const pool = new pg.Pool({
    connectionString,
    max: MAX_CONNECTIONS,
    application_name: 'twilio-graphql-gateway rate',
    connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', () => {});
  const options = {
    ...limit,
    storeClient: pool,
    tableName: 'rate_limits',
    keyPrefix: 'minute',
    // A caller over its limit is rejected without a statement.
    inMemoryBlockOnConsumed: limit.points + 1,
  };
  type Limiter = InstanceType<typeof RateLimiterPostgres>;
  const open = () =>
    new Promise<Limiter>((resolve, reject) => {
      const limiter: Limiter = new RateLimiterPostgres(options, (error) =>
        error ? reject(error) : resolve(limiter),
      );
    });
  let limiter: Promise<Limiter> | undefined;
  return {
    async consume(caller) {
      // Opening creates the table. Of two gateways that do so at once, one may fail.
      limiter ??= open()
        .catch(open)
        .catch((error) => {
          limiter = undefined;
          throw error;
        });
      // The table's keys have 255 characters; a token's subject may have more.
      return (await limiter).consume(caller.slice(0, 200));
    },
    close: () => pool.end(),
  };
}
