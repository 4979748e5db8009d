import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { translatePostgresError } from './postgres-errors.ts';

/**
 * Closes a connection on which a statement got no answer, rather than handing it to the next one to ask: the
 * statement is still in it, and a network that swallows packets may take a quarter of an hour to say so.
 */
export function discardBroken(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let broken: unknown = null;
      // The pool listens while a connection is idle, and nobody does between two statements of a transaction:
      // there a server that ends the connection would end the process.
      const noteBroken = (error: unknown) => {
        broken ??= error;
      };
      client.on('error', noteBroken);
      async function query(text: string, values: readonly unknown[]) {
        // The rollback of a transaction whose connection is gone would only wait for another timeout.
        if (broken !== null) throw broken;
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          if (translatePostgresError(error) !== error) broken = error;
          throw error;
        }
      }
      // Kysely's type offers cursors as well, which nothing here uses.
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
