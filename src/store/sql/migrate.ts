import { sql, type Transaction } from 'kysely';
import { SchemaTooNewError } from '../store-errors.ts';
import type { Engine } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';

/**
 * Migrates the schema in one transaction under a lock, so that gateways which start together do it once, and an
 * interrupted migration leaves no trace.
 *
 * @throws {SchemaTooNewError} when a newer version of the program has migrated the database
 */
export async function migrate(engine: Engine, migrations = MIGRATIONS): Promise<void> {
  await engine.db.transaction().execute(async (transaction) => {
    await engine.lockMigrations(transaction);
    const applied = await appliedVersion(engine, transaction);
    if (applied > migrations.length) throw new SchemaTooNewError(applied, migrations.length);
    for (const [index, migration] of migrations.entries()) {
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
