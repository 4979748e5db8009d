import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { CheckInPlace } from './sqlite-file.ts';

/** Maximum wait for the write lock of another connection, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const SQLITE_BUSY = 5;

/**
 * Creates a Kysely dialect for Node's built-in SQLite.
 *
 * @param checkInPlace called before and after each statement; its error replaces the result
 */
export function createSqliteDialect(database: DatabaseSync, checkInPlace: CheckInPlace): Dialect {
  return {
    createDriver: () => createDriver(database, checkInPlace),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/**
 * Retries while another connection holds the lock. SQLite's own busy timeout would block the event loop, and wait
 * in vain for a connection of the same process.
 */
export async function retryWhileBusy<T>(work: () => T, timeoutMs = BUSY_TIMEOUT_MS): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (sqliteCode(error) !== SQLITE_BUSY || Date.now() > deadline) throw error;
      await sleep(2 + Math.random() * 10);
    }
  }
}

/** Returns SQLite's primary result code; null for other errors. https://sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | null {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : null;
  return typeof errcode === 'number' ? errcode & 0xff : null;
}

function createDriver(database: DatabaseSync, checkInPlace: CheckInPlace): Driver {
  const connection = createConnection(database, checkInPlace);
  const run = (statement: string) => connection.executeQuery(CompiledQuery.raw(statement)).then(() => {});
  // Users of the single connection queue for it.
  let last: Promise<void> = Promise.resolve();
  let release = () => {};

  return {
    async init() {},
    async acquireConnection() {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      release = resolve;
      return connection;
    },
    async releaseConnection() {
      release();
    },
    // Takes the write lock at once: a transaction that reads first cannot upgrade after another one wrote.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    async rollbackTransaction() {
      try {
        database.exec('rollback');
      } catch {
        // After a full disk or an I/O error SQLite has already rolled back; the caller throws the original error.
      }
    },
    async destroy() {
      database.close();
    },
  };
}

function createConnection(database: DatabaseSync, checkInPlace: CheckInPlace): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const result = await retryWhileBusy((): QueryResult<R> => {
        checkInPlace();
        const statement = database.prepare(sql);
        const values = parameters as readonly SQLInputValue[];
        if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
        return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
      });
      // Also afterwards, so that a lost change is never acknowledged.
      checkInPlace();
      return result;
    },
    // biome-ignore lint/correctness/useYield: Kysely requires the method, but nothing here streams.
    async *streamQuery() {
      throw new Error('This dialect does not stream');
    },
  };
}
