import { sql, type Transaction } from 'kysely';
import { SchemaTooNewError } from '../store-errors.ts';
import type { Ddl, Engine } from './database.ts';
import type { Tables } from './tables.ts';

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
];

/**
 * Migrates the schema in one transaction under a lock, so that gateways which start together do it once, and an
 * interrupted migration leaves no trace.
 *
 * @throws {SchemaTooNewError} when a newer version of the program has migrated the database
 */
export async function migrate(engine: Engine): Promise<void> {
  await engine.db.transaction().execute(async (transaction) => {
    await engine.lockMigrations(transaction);
    const applied = await appliedVersion(engine, transaction);
    if (applied > MIGRATIONS.length) throw new SchemaTooNewError(applied, MIGRATIONS.length);
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < applied) continue;
      for (const statement of migration(engine.ddl)) await sql.raw(statement).execute(transaction);
      await transaction
        .insertInto('schema_migrations')
        .values({ version: index + 1, date_applied: engine.now })
        .execute();
    }
  });
}

async function appliedVersion(engine: Engine, transaction: Transaction<Tables>): Promise<number> {
  // Checked first: "create table if not exists" needs the right to create tables even when it does nothing.
  const found = await engine.findTable('schema_migrations').execute(transaction);
  if (found.rows.length === 0) {
    const { integer, options } = engine.ddl;
    const columns = `version ${integer} not null primary key, date_applied ${integer} not null`;
    await sql.raw(`create table schema_migrations (${columns})${options}`).execute(transaction);
    return 0;
  }
  const { version } = await transaction
    .selectFrom('schema_migrations')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirstOrThrow();
  return version ?? 0;
}
