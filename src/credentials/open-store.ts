import type { Cipher } from './cipher.ts';
import type { SqlStore } from './sql/sql-store.ts';

export interface StoreLocation {
  /** postgres://…; where it is set, the file is not used. */
  databaseUrl?: string | undefined;
  /** The SQLite file, made where there is none. */
  file: string;
  cipher: Cipher;
}

/**
 * Opens the store where the settings say and brings its schema up to date.
 *
 * @throws {StoreUnavailableError} {SchemaTooNewError}
 */
export async function openStore({ databaseUrl, file, cipher }: StoreLocation): Promise<SqlStore> {
  // Loaded when needed: a gateway has one of the two.
  if (databaseUrl) {
    const { openPostgresStore } = await import('./postgres-store.ts');
    return openPostgresStore(databaseUrl, { cipher });
  }
  const { openSqliteStore } = await import('./sqlite-store.ts');
  return openSqliteStore(file, { cipher });
}
