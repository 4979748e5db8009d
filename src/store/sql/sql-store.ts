import { sql } from 'kysely';
import type { Cipher } from '../cipher.ts';
import type { GatewayStore, StoreSnapshot } from '../store.ts';
import { createApiKeysTable, hasHadAdminKey, readApiKeys } from './api-keys-table.ts';
import { createAuditTable } from './audit-table.ts';
import { createCredentialsTable, toCredential } from './credentials-table.ts';
import { createDatabase, type Database, type Engine, readVersion } from './database.ts';
import { createDocumentsTable, readDocumentsVersion } from './documents-table.ts';
import { createGrantsTables } from './grants-tables.ts';
import type { LeaseOptions } from './leases.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { resealAll } from './reseal.ts';
import { createSessionsTable } from './sessions-table.ts';

export interface SqlStoreOptions {
  cipher: Cipher;
  leases?: LeaseOptions;
}

/** A store that queries its database for every call. */
export interface SqlStore extends GatewayStore {
  /** Reads everything needed to serve reads without the database. */
  snapshot(): Promise<StoreSnapshot>;
}

/** Migrates the schema and opens the store; closes the engine on failure. */
export async function openSqlStore(engine: Engine, { cipher, leases }: SqlStoreOptions): Promise<SqlStore> {
  const database = await prepare(engine).catch(async (error: unknown) => {
    await engine.close().catch(() => {});
    throw engine.translate(error);
  });

  return {
    ...createCredentialsTable(database, cipher),
    ...createApiKeysTable(database),
    ...createAuditTable(database),
    ...createGrantsTables(database, cipher, leases),
    ...createSessionsTable(database),
    ...createDocumentsTable(database),
    snapshot: () => readSnapshot(database),
    reseal: () =>
      database.change(
        (transaction) => resealAll(transaction, cipher),
        (count) => count > 0,
      ),
    onChange: database.watch.onChange,
    async ping() {
      await database.run((db) => sql`select 1`.execute(db));
    },
    async close() {
      await database.watch.close();
      await engine.close();
    },
  };
}

async function prepare(engine: Engine): Promise<Database> {
  await migrate(engine, MIGRATIONS, 'schema_migrations');
  const database = await createDatabase(engine);
  // For keys created before the marker existed, or by a process killed before it set the marker.
  if (await hasHadAdminKey(engine.db, engine)) engine.keyMarker?.set();
  return database;
}

async function readSnapshot(database: Database): Promise<StoreSnapshot> {
  return database.run(async (db) => {
    // Read before the rows, so that a concurrent change has a newer version and causes another read.
    const version = await readVersion(db);
    const credentials = await db.selectFrom('credentials').selectAll().orderBy('position').execute();
    const revoked = db.selectFrom('api_keys').select('token_hash').where('date_revoked', 'is not', null);
    return {
      version,
      credentials: credentials.map((row) => ({
        credential: toCredential(row),
        sealedSecret: row.sealed_secret,
      })),
      apiKeys: await readApiKeys(db),
      revokedHashes: (await revoked.execute()).map((row) => row.token_hash),
      hadAdminKey: await hasHadAdminKey(db, database.engine),
      documentsVersion: await readDocumentsVersion(db),
    };
  });
}
