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

/** How long to wait for another process that writes, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const SQLITE_BUSY = 5;

/**
 * Kysely on Node's own SQLite.
 *
 * @param checkInPlace called before and after each statement: what it throws is thrown in the place of a result
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
 * Tries again while another connection holds the lock. SQLite's own busy timeout would stop the whole
 * process meanwhile, and wait in vain where the other connection belongs to this very process.
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

/** SQLite's primary result code; null for any other error. https://sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | null {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : null;
  return typeof errcode === 'number' ? errcode & 0xff : null;
}

function createDriver(database: DatabaseSync, checkInPlace: CheckInPlace): Driver {
  const connection = createConnection(database, checkInPlace);
  const run = (statement: string) => connection.executeQuery(CompiledQuery.raw(statement)).then(() => {});
  // There is one connection: each user takes it and hands it to the next in line.
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
    // At once with the write lock: a transaction that reads first cannot get it when another wrote meanwhile.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    async rollbackTransaction() {
      try {
        database.exec('rollback');
      } catch {
        // After a full disk or an I/O error SQLite has rolled back by itself. That error is the one to be thrown.
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
      // Also after it: a change, or the commit of some, is not to be acknowledged where it is lost.
      checkInPlace();
      return result;
    },
    // biome-ignore lint/correctness/useYield: Kysely asks for the method; nothing here streams.
    async *streamQuery() {
      throw new Error('This dialect does not stream');
    },
  };
}
