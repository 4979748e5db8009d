import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { LRUCache } from 'lru-cache';
import { sqlState } from '../store/sql/postgres-errors.ts';

/** How many statements are looked out for, and how many of them are prepared at most: the server holds each in every connection. */
const MAX_STATEMENTS = 200;
/** After this time others can be prepared. Connections live as long, so that each holds twice as many at most. */
export const PREPARED_SECONDS = 600;
/** Longer ones have values in them, and do not recur. */
const MAX_LENGTH = 4_000;

/**
 * What the server says where a connection does not keep its statements, as behind a pooler, or where another gateway has changed a
 * table: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_PREPARED = new Set(['26000', '42P05', '0A000']);

/**
 * Prepares the statements that recur: to plan one over the partitions of a year takes longer than to execute it. Only for
 * reads outside of transactions, which can be repeated: where statements cannot be prepared, they are sent as they are from then on.
 */
export function prepareRecurring(pool: PostgresPool): PostgresPool {
  const seen = new LRUCache<string, { name: string | null }>({ max: MAX_STATEMENTS });
  const names = new Set<string>();
  let begunAt = performance.now();
  let isOff = false;

  /** The name of a statement that was executed before; null for others. */
  function nameOf(text: string): string | null {
    // Which index finds a text soonest depends on the text.
    if (isOff || text.length > MAX_LENGTH || text.includes(' like ')) return null;
    if (performance.now() - begunAt > 1000 * PREPARED_SECONDS) {
      seen.clear();
      names.clear();
      begunAt = performance.now();
    }
    const known = seen.get(text);
    if (!known) {
      seen.set(text, { name: null });
      return null;
    }
    if (known.name === null) {
      const name = `history_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
      if (names.size >= MAX_STATEMENTS && !names.has(name)) return null;
      names.add(name);
      known.name = name;
    }
    return known.name;
  }

  return {
    async connect() {
      const client = await pool.connect();
      const send = client.query as unknown as (
        query: string | { readonly name: string; readonly text: string },
        values: readonly unknown[],
      ) => Promise<unknown>;
      async function query(text: string, values: readonly unknown[]) {
        const name = nameOf(text);
        if (name === null) return send(text, values);
        try {
          return await send({ name, text }, values);
        } catch (error) {
          if (!NOT_PREPARED.has(sqlState(error) ?? '')) throw error;
          isOff = true;
          return send(text, values);
        }
      }
      return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
    },
    end: () => pool.end(),
    options: pool.options,
  };
}
