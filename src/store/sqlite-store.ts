import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { createKeyMarker } from './key-marker.ts';
import type { Ddl, Engine } from './sql/database.ts';
import { openSqlStore, type SqlStore, type SqlStoreOptions } from './sql/sql-store.ts';
import { createSqliteDialect, retryWhileBusy, sqliteCode } from './sql/sqlite-dialect.ts';
import { createCheckInPlace, makeFolderOf } from './sql/sqlite-file.ts';
import type { Tables } from './sql/tables.ts';
import { FREE_SPACE, StoreUnavailableError } from './store-errors.ts';

/**
 * Opens the store in an SQLite file, which several gateways on one machine can share. The file must not be on a
 * network drive. A missing file or directory is created, readable by its owner only.
 *
 * @throws {StoreUnavailableError} when the file cannot be opened, {SchemaTooNewError}
 */
export async function openSqliteStore(file: string, options: SqlStoreOptions): Promise<SqlStore> {
  return openSqlStore(await createSqliteEngine(file), options);
}

async function createSqliteEngine(file: string): Promise<Engine> {
  const database = await openSqliteDatabase(file).catch((error: unknown) => {
    throw translateSqliteError(error, file);
  });
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(database, createCheckInPlace(file)) });

  return {
    db,
    ddl: SQLITE_DDL,
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    pollMs: 500,
    findTable: (name) => sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,
    // Every transaction takes the write lock at its start.
    lockMigrations: async () => {},
    // SQLite has no notifications; other gateways poll.
    announce: async () => {},
    listen: () => async () => {},
    violation(error) {
      const text = sqliteCode(error) === SQLITE_CONSTRAINT && error instanceof Error ? error.message : '';
      if (text.startsWith('UNIQUE')) return 'unique';
      return text.startsWith('FOREIGN KEY') ? 'foreign-key' : null;
    },
    translate: (error) => translateSqliteError(error, file),
    keyMarker: createKeyMarker(file),
    close: () => db.destroy(),
  };
}

/** Opens a file, which is created if it is missing, in WAL mode. */
export async function openSqliteDatabase(file: string): Promise<DatabaseSync> {
  makeFolderOf(file);
  // Created here, because SQLite cannot set a mode; -wal and -shm inherit it. An existing file is not opened:
  // closing it would release all locks of this process on it.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 0 });
  try {
    await retryWhileBusy(() => database.exec('pragma journal_mode = wal'));
    // With the default in WAL mode, a power failure can lose acknowledged commits.
    database.exec('pragma synchronous = full');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

export const SQLITE_DDL: Ddl = {
  integer: 'integer',
  position: 'integer primary key autoincrement',
  options: ' strict',
  appendOnly: (table) => [
    ...['update', 'delete'].map(
      (verb) =>
        `create trigger ${table}_no_${verb} before ${verb} on ${table}
         begin select raise(abort, '${table} is append-only'); end`,
    ),
    // INSERT OR REPLACE deletes without running the trigger above.
    `create trigger ${table}_no_replace before insert on ${table}
     when exists (select 1 from ${table} where id = new.id)
     begin select raise(abort, '${table} is append-only'); end`,
  ],
};

const SQLITE_CONSTRAINT = 19;
const SQLITE_FULL = 13;

/** https://sqlite.org/rescode.html */
const UNAVAILABLE: Readonly<Record<number, string>> = {
  3: 'access is denied',
  5: 'another process holds a lock on it',
  7: 'out of memory',
  8: 'it is read-only',
  10: 'the disk reports an error',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  15: 'another process holds a lock on it',
  26: 'it is not an SQLite database',
};

/** Maps errors of an unavailable file to StoreUnavailableError; returns others unchanged. */
export function translateSqliteError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  const why = code === null ? fileProblem(error) : UNAVAILABLE[code];
  return why === undefined
    ? error
    : new StoreUnavailableError(`SQLite file ${file}: ${why}.`, {
        cause: error,
        advice: code === SQLITE_FULL ? FREE_SPACE : undefined,
      });
}

function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code === 'ERR_INVALID_STATE') return 'it was closed';
  if ('syscall' in error && error.syscall === 'mkdir') return `its folder cannot be created (${error.code})`;
  return 'syscall' in error ? `${error.code} when opening it` : undefined;
}
