import { type Kysely, sql, type Transaction } from 'kysely';
import { SchemaTooNewError } from '../store-errors.ts';
import type { Ddl, Engine } from './database.ts';

/** The migrations in order: version n is at index n - 1. Never change a released one; append another. */
export const MIGRATIONS: readonly ((ddl: Ddl) => readonly string[])[] = [
  ({ integer, position, options, appendOnly }) => [
    `create table credentials (
      position ${position},
      id text not null unique,
      nickname text not null check (length(nickname) between 1 and 64),
      nickname_key text not null unique,
      account_sid text not null check (account_sid <> ''),
      client_id text not null check (client_id <> ''),
      kind text not null check (kind in ('client_credentials', 'authorization_code')),
      sealed_secret text not null,
      secret_version ${integer} not null,
      permissions text not null,
      refused_at ${integer},
      refused_code ${integer},
      date_created ${integer} not null,
      date_updated ${integer} not null
    )${options}`,
    `create table api_keys (
      position ${position},
      id text not null unique,
      name text not null check (length(name) between 1 and 64),
      role text not null check (role in ('READER', 'ADMIN')),
      token_hash text not null unique check (length(token_hash) = 64),
      date_created ${integer} not null,
      date_expires ${integer},
      date_last_used ${integer},
      date_revoked ${integer}
    )${options}`,
    `create table api_key_credentials (
      api_key_id text not null references api_keys (id) on delete cascade,
      credential_id text not null,
      primary key (api_key_id, credential_id)
    )${options}`,
    'create index api_key_credentials_credential on api_key_credentials (credential_id)',
    `create table audit_log (
      id ${position},
      at ${integer} not null,
      actor text not null check (actor <> ''),
      action text not null check (action <> ''),
      target text,
      origin text,
      detail text
    )${options}`,
    ...appendOnly('audit_log'),
    `create table refresh_tokens (
      credential_id text not null primary key references credentials (id) on delete cascade,
      sealed_token text not null,
      date_updated ${integer} not null
    )${options}`,
    `create table oauth_states (
      id text not null primary key,
      sealed text not null,
      date_expires ${integer} not null
    )${options}`,
    `create table leases (
      name text not null primary key,
      owner text not null,
      date_expires ${integer} not null
    )${options}`,
    `create table change_counter (version ${integer} not null)${options}`,
    'insert into change_counter (version) values (1)',
  ],
  ({ integer, options }) => [
    `create table milestones (
      name text not null primary key,
      date_reached ${integer} not null
    )${options}`,
    `insert into milestones (name, date_reached)
     select 'first_admin_key', at from (select min(date_created) as at from api_keys where role = 'ADMIN') as first where at is not null`,
    `create table page_sessions (
      id text not null primary key,
      date_created ${integer} not null,
      date_expires ${integer} not null
    )${options}`,
  ],
  () => ['alter table api_keys add column field_policy text'],
  () => [
    'create index audit_log_actor on audit_log (actor, id)',
    'create index audit_log_action on audit_log (action, id)',
    'create index audit_log_at on audit_log (at)',
  ],
  ({ integer, position, options }) => [
    `create table trusted_documents (
      position ${position},
      id text not null unique,
      name text not null check (name <> ''),
      text text not null,
      date_added ${integer} not null
    )${options}`,
  ],
  ({ integer, position, options }) => [
    `alter table trusted_documents add column is_scoped ${integer} not null default 0`,
    `create table trusted_document_keys (
      position ${position},
      document_id text not null references trusted_documents (id) on delete cascade,
      api_key_id text not null,
      unique (document_id, api_key_id)
    )${options}`,
  ],
];

/** The parts of an engine that migrations need. */
export type Migrating<T, D extends Ddl> = Pick<Engine, 'now' | 'findTable'> & {
  readonly ddl: D;
  readonly db: Kysely<T>;
  lockMigrations(transaction: Transaction<T>): Promise<void>;
};

/**
 * Migrates the schema in one transaction under a lock, so that gateways which start together do it once, and an
 * interrupted migration leaves no trace.
 *
 * @param table where the applied versions are recorded
 * @throws {SchemaTooNewError} when a newer version of the program has migrated the database
 */
export async function migrate<T, D extends Ddl>(
  engine: Migrating<T, D>,
  migrations: readonly ((ddl: D) => readonly string[])[],
  table: string,
): Promise<void> {
  await engine.db.transaction().execute(async (transaction) => {
    await engine.lockMigrations(transaction);
    const applied = await appliedVersion(engine, transaction, table);
    if (applied > migrations.length) throw new SchemaTooNewError(applied, migrations.length);
    for (const [index, migration] of migrations.entries()) {
      if (index < applied) continue;
      for (const statement of migration(engine.ddl)) await sql.raw(statement).execute(transaction);
      await sql`insert into ${sql.table(table)} (version, date_applied) values (${index + 1}, ${engine.now})`.execute(
        transaction,
      );
    }
  });
}

async function appliedVersion<T>(
  engine: Migrating<T, Ddl>,
  transaction: Transaction<T>,
  table: string,
): Promise<number> {
  // Checked first: "create table if not exists" needs the right to create tables even when it does nothing.
  const found = await engine.findTable(table).execute(transaction);
  if (found.rows.length === 0) {
    const { integer, options } = engine.ddl;
    const columns = `version ${integer} not null primary key, date_applied ${integer} not null`;
    await sql.raw(`create table ${table} (${columns})${options}`).execute(transaction);
    return 0;
  }
  const { rows } = await sql<{
    version: number | null;
  }>`select max(version) as version from ${sql.table(table)}`.execute(transaction);
  return rows[0]?.version ?? 0;
}
