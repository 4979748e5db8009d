import pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Principal, usageKeyOf } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';

type Caller = Pick<Principal, 'id' | 'name'>;

/** Counts what each caller asks. */
export interface RateLimiter {
  /** @throws {RATE_LIMITED} when the caller has used up the minute */
  take(caller: Caller): Promise<void>;
  close(): Promise<void>;
}

export interface RateLimiterOptions {
  /** 0 counts nothing. */
  readonly perMinute: number;
  /** Where several gateways count together; each by itself without one. */
  readonly databaseUrl?: string | undefined;
  readonly log: Logger;
}

const MINUTE_S = 60;
/** No request waits longer for a count than this; it is counted in this process then. */
const STATEMENT_TIMEOUT_MS = 500;
/** Pause before an unavailable database is used again. */
const AWAY_MS = 5_000;
const MAX_CONNECTIONS = 3;

export function createCountingRateLimiter({ perMinute, databaseUrl, log }: RateLimiterOptions): RateLimiter {
  const options = { points: perMinute, duration: MINUTE_S };
  const alone = new RateLimiterMemory(options);
  const shared = databaseUrl === undefined ? undefined : openShared(databaseUrl, options);
  let awayUntil = 0;

  /** Together with the other gateways, as long as the database serves. */
  async function consume(caller: string): Promise<void> {
    if (!shared || performance.now() < awayUntil) return void (await alone.consume(caller));
    try {
      await shared.consume(caller);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      awayUntil = performance.now() + AWAY_MS;
      log.warn({ err: error }, 'callers are counted by each gateway alone for now');
      await alone.consume(caller);
    }
  }

  return {
    async take(caller) {
      try {
        await consume(usageKeyOf(caller));
      } catch (refusal) {
        // The library throws errors for faults, and the plain count for a caller who is over it.
        if (refusal instanceof Error) throw refusal;
        const { consumedPoints, msBeforeNext } = refusal as RateLimiterRes;
        // A rejection from memory has no current count.
        const actual = Math.max(consumedPoints, perMinute + 1);
        throw gatewayError('RATE_LIMITED', caller.name, perMinute, actual, Math.ceil(msBeforeNext / 1000));
      }
    },
    close: async () => shared?.close(),
  };
}

function openShared(connectionString: string, options: { points: number; duration: number }) {
  const pool = new pg.Pool({
    connectionString,
    max: MAX_CONNECTIONS,
    application_name: 'twilio-graphql-gateway rate',
    connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', () => {});
  const open = () =>
    new Promise<RateLimiterPostgres>((resolve, reject) => {
      const limiter: RateLimiterPostgres = new RateLimiterPostgres(
        {
          ...options,
          storeClient: pool,
          tableName: 'rate_limits',
          keyPrefix: 'minute',
          // A caller over its limit is rejected without a statement.
          inMemoryBlockOnConsumed: options.points + 1,
        },
        (error) => (error ? reject(error) : resolve(limiter)),
      );
    });
  let limiter: Promise<RateLimiterPostgres> | undefined;
  return {
    async consume(caller: string): Promise<void> {
      // Opening makes the table where there is none. Of two gateways that do so at once, one may fail.
      limiter ??= open()
        .catch(open)
        .catch((error) => {
          limiter = undefined;
          throw error;
        });
      // The table's keys have 255 characters; a token's subject may have more.
      await (await limiter).consume(caller.slice(0, 200));
    },
    close: () => pool.end(),
  };
}
