import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { StoreUnavailableError } from '../store-errors.ts';
import { translatePostgresError } from './postgres-errors.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const INT8 = 20;

/**
 * Configures connections to a database.
 *
 * @throws {StoreUnavailableError} if the URL is malformed; the message does not repeat it
 */
export function connectionConfig(connectionString: string, statementTimeoutMs: number): pg.ClientConfig {
  const config = {
    connectionString,
    application_name: 'twilio-graphql-gateway',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  };
  try {
    if (!/^postgres(ql)?:$/.test(new URL(connectionString).protocol)) throw new TypeError();
    new pg.Client(config);
  } catch {
    // Without the cause, which contains the whole URL, including the password.
    throw new StoreUnavailableError(
      'DATABASE_URL is not in the form postgres://user:password@host:port/database. Percent-encode special characters in the password.',
    );
  }
  return config;
}

/** Parses int8 as a number: all integers here are counts or milliseconds, far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');

/** Opens a pool whose broken connections are replaced. */
export function openPool(config: pg.PoolConfig, max: number): PostgresPool {
  const pool = new pg.Pool({ ...config, max });
  // An idle connection broke; the pool replaces it. Without a listener, the error would end the process.
  pool.on('error', () => {});
  return discardBroken(pool);
}

/**
 * Closes a connection after a statement failed on it, instead of returning it to the pool: the statement may
 * still be running, and a network that drops packets can take 15 minutes to report an error.
 */
export function discardBroken(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let broken: unknown = null;
      // The pool handles errors of idle connections only. Without this listener, a server that closes the
      // connection between two statements of a transaction would crash the process.
      const noteBroken = (error: unknown) => {
        broken ??= error;
      };
      client.on('error', noteBroken);
      async function query(text: string | pg.QueryConfig, values: readonly unknown[]) {
        // A rollback on a broken connection would only wait for another timeout.
        if (broken !== null) throw broken;
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          if (translatePostgresError(error) !== error) broken = error;
          throw error;
        }
      }
      // Kysely's type also has cursors, which are not used here.
      return {
        query: query as unknown as PostgresPoolClient['query'],
        release: () => {
          client.release(broken !== null);
          client.removeListener('error', noteBroken);
        },
      };
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

const CLOSE_TIMEOUT_MS = 2_000;

/** Waits up to 2 seconds for a connection to close, so that a hanging server does not delay the exit. */
export async function closeInTime(closing: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  await Promise.race([closing, promise]).finally(() => clearTimeout(timer));
}
