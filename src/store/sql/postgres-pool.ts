import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { translatePostgresError } from './postgres-errors.ts';

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
      async function query(text: string, values: readonly unknown[]) {
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
