import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Ddl, Engine } from './sql/database.ts';
import { sqlState, translatePostgresError } from './sql/postgres-errors.ts';
import { CHANNEL, listenForChanges } from './sql/postgres-listener.ts';
import { closeInTime, connectionConfig, openPool } from './sql/postgres-pool.ts';
import { openSqlStore, type SqlStore, type SqlStoreOptions } from './sql/sql-store.ts';
import type { Tables } from './sql/tables.ts';

const STATEMENT_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 5;
/** Arbitrary, but the same for every gateway. */
const MIGRATION_LOCK = 7_467_677_701;

/**
 * Opens the store in a PostgreSQL database, which several gateways can share.
 *
 * @param databaseUrl postgres://user:password@host:port/database; never repeated in an error
 * @throws {StoreUnavailableError} {SchemaTooNewError}
 */
export async function openPostgresStore(databaseUrl: string, options: SqlStoreOptions): Promise<SqlStore> {
  return openSqlStore(createPostgresEngine(databaseUrl), options);
}

function createPostgresEngine(databaseUrl: string): Engine {
  const config = connectionConfig(databaseUrl, STATEMENT_TIMEOUT_MS);
  const pool = openPool(config, MAX_CONNECTIONS);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

  return {
    db,
    ddl: POSTGRES_DDL,
    now: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    // In case the listener misses a change; short enough for the guarantee of 2 seconds.
    pollMs: 1_500,
    findTable: (name) => sql`select 1 where to_regclass(${name}) is not null`,
    async lockMigrations(transaction) {
      await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    },
    async announce(transaction) {
      await sql`select pg_notify(${CHANNEL}, '')`.execute(transaction);
    },
    listen: (onChange) => listenForChanges(config, onChange),
    violation(error) {
      const state = sqlState(error);
      if (state === '23505') return 'unique';
      return state === '23503' ? 'foreign-key' : null;
    },
    translate: translatePostgresError,
    close: () => closeInTime(db.destroy()),
  };
}

export const POSTGRES_DDL: Ddl = {
  integer: 'bigint',
  position: 'bigint generated always as identity primary key',
  options: '',
  appendOnly: (table) => [
    `create function ${table}_refuse() returns trigger language plpgsql as
     $$ begin raise exception '${table} is append-only'; end $$`,
    `create trigger ${table}_no_change before update or delete on ${table}
     for each row execute function ${table}_refuse()`,
    `create trigger ${table}_no_truncate before truncate on ${table}
     for each statement execute function ${table}_refuse()`,
  ],
};
