import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Ddl, Engine } from './sql/database.ts';
import { sqlState, translatePostgresError } from './sql/postgres-errors.ts';
import { CHANNEL, listenForChanges } from './sql/postgres-listener.ts';
import { closeInTime, discardBroken } from './sql/postgres-pool.ts';
import { openSqlStore, type SqlStore, type SqlStoreOptions } from './sql/sql-store.ts';
import type { Tables } from './sql/tables.ts';
import { StoreUnavailableError } from './store-errors.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 5;
const INT8 = 20;
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
  const config = connectionConfig(databaseUrl);
  const pool = new pg.Pool({ ...config, max: MAX_CONNECTIONS });
  // An idle connection broke; the pool replaces it. Without a listener, the error would end the process.
  pool.on('error', () => {});
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: discardBroken(pool) }) });

  return {
    db,
    ddl: DDL,
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

function connectionConfig(connectionString: string): pg.ClientConfig {
  const config = {
    connectionString,
    application_name: 'twilio-graphql-gateway',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
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

const DDL: Ddl = {
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
