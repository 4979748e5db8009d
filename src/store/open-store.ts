import type { Cipher } from './cipher.ts';
import type { SqlStore } from './sql/sql-store.ts';

export interface StoreLocation {
  /** postgres://…; when set, the file is not used. */
  databaseUrl?: string | undefined;
  /** The SQLite file, created when missing. */
  file: string;
  cipher: Cipher;
}

/**
 * Opens the PostgreSQL or SQLite store and migrates its schema.
 *
 * @throws {StoreUnavailableError} {SchemaTooNewError}
 */
export async function openStore({ databaseUrl, file, cipher }: StoreLocation): Promise<SqlStore> {
  // Lazy imports, because a gateway uses only one of the two.
  if (databaseUrl) {
    const { openPostgresStore } = await import('./postgres-store.ts');
    return openPostgresStore(databaseUrl, { cipher });
  }
  const { openSqliteStore } = await import('./sqlite-store.ts');
  return openSqliteStore(file, { cipher });
}
