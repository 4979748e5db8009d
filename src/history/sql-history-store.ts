import { type RawBuilder, sql, type Transaction } from 'kysely';
import { migrate } from '../store/sql/migrations.ts';
import { createHistoryAccounts } from './accounts.ts';
import type { HistoryEngine } from './engine.ts';
import type { HistoryStore } from './history-store.ts';
import { createHistoryLists } from './lists.ts';
import { HISTORY_MIGRATIONS, type HistoryDdl } from './migrations.ts';
import { createHistoryPolicies } from './policies.ts';
import { createHistorySlices } from './slices.ts';
import type { SqliteHistoryOptions } from './sqlite-engine.ts';
import { createHistoryStatistics } from './statistics.ts';
import type { HistoryTables } from './tables.ts';
import { Terms } from './terms.ts';
import { createHistoryThreads } from './threads.ts';
import { createHistoryTimelines } from './timelines.ts';
import { createHistoryWrites } from './writes.ts';

/** The parts of a database that its migration needs. */
export interface HistorySchema {
  readonly ddl: HistoryDdl;
  findTable(name: string): RawBuilder<unknown>;
  lockMigrations(transaction: Transaction<HistoryTables>): Promise<void>;
}

/**
 * Opens a SQLite file. Its work is synchronous: to be used in a thread of its own, see `openHistory`.
 *
 * @throws {StoreUnavailableError} {SchemaTooNewError}
 */
export async function openSqliteHistory(
  file: string,
  options: SqliteHistoryOptions = {},
): Promise<HistoryStore> {
  const { createSqliteHistoryEngine, SQLITE_HISTORY_DDL } = await import('./sqlite-engine.ts');
  return openSqlHistory(await createSqliteHistoryEngine(file, options), {
    ddl: SQLITE_HISTORY_DDL,
    findTable: (name) => sql`select 1 from sqlite_master where type = 'table' and name = ${name}`,
    lockMigrations: async () => {},
  });
}

/** @throws {StoreUnavailableError} {SchemaTooNewError} */
export async function openPostgresHistory(
  databaseUrl: string,
  { readLimitMs }: { readonly readLimitMs?: number | undefined } = {},
): Promise<HistoryStore> {
  const { createPostgresHistoryEngine, lockMigrations, POSTGRES_HISTORY_DDL } = await import(
    './postgres-engine.ts'
  );
  return openSqlHistory(createPostgresHistoryEngine(databaseUrl, readLimitMs), {
    ddl: POSTGRES_HISTORY_DDL,
    findTable: (name) => sql`select 1 where to_regclass(${name}) is not null`,
    lockMigrations,
  });
}

async function openSqlHistory(engine: HistoryEngine, schema: HistorySchema): Promise<HistoryStore> {
  const terms = new Terms(engine.db);
  try {
    await migrate({ ...schema, db: engine.db, now: engine.now }, HISTORY_MIGRATIONS, 'history_migrations');
    await terms.load();
  } catch (error) {
    await engine.close().catch(() => {});
    throw engine.translate(error);
  }
  const writes = createHistoryWrites(engine, terms);
  return translated(engine, {
    ...createHistoryPolicies(engine, writes),
    ...createHistoryAccounts(engine),
    ...writes,
    ...createHistorySlices(engine),
    ...createHistoryLists(engine, terms),
    ...createHistoryStatistics(engine, terms),
    ...createHistoryThreads(engine, terms),
    ...createHistoryTimelines(engine, terms),
    compact: () => engine.compact(),
    notice: async () => engine.notice,
    close: () => engine.close(),
  });
}

/** Translates the errors of every method. */
function translated(engine: HistoryEngine, store: HistoryStore): HistoryStore {
  const entries = Object.entries(store).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    const method = member as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        try {
          return await method(...args);
        } catch (error) {
          throw engine.translate(error);
        }
      },
    ];
  });
  return Object.fromEntries(entries) as HistoryStore;
}
