import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import type { Config } from './config/config.ts';
import { type EncryptionKey, generateEncryptionKey, parseEncryptionKeys } from './config/encryption-keys.ts';
import type { Logger } from './log.ts';
import { createCachedStore } from './store/cached-store.ts';
import { type Cipher, createCipher, createMissingCipher } from './store/cipher.ts';
import type { CredentialSetting } from './store/fixed-store.ts';
import { withSettings } from './store/settings-store.ts';
import type { SqlStore } from './store/sql/sql-store.ts';
import { makeFolderOf } from './store/sql/sqlite-file.ts';
import type { GatewayStore } from './store/store.ts';

/**
 * Opens the configured store. The credentials of the settings come before the stored ones.
 *
 * @throws {StoreUnavailableError} {SchemaTooNewError}
 */
export async function openGatewayStore(
  config: Config,
  credentials: readonly CredentialSetting[],
  log: Logger,
): Promise<{ store: GatewayStore; notice: string | null }> {
  const { keys, notice } = await findKeys(config);
  const cipher = keys.length > 0 ? createCipher(keys) : createMissingCipher();
  const { url: databaseUrl, file } = config.database;
  const stored = await openStore({ databaseUrl, file, cipher });
  const store = await createCachedStore(stored, { cipher, log });
  return { store: withSettings(store, credentials), notice };
}

/**
 * Returns the keys of the settings. For the sandbox, which holds no real secrets, a key is generated in a file next to
 * the database; for the real Twilio, only the operator creates keys.
 */
async function findKeys(config: Config): Promise<{ keys: readonly EncryptionKey[]; notice: string | null }> {
  if (config.encryptionKeys.length > 0 || config.twilio) return { keys: config.encryptionKeys, notice: null };
  const file = `${config.database.file}.key`;
  const made = await makeKey(file);
  return {
    keys: parseEncryptionKeys(readFileSync(file, 'utf8').trim()),
    notice: made ? `  Key       made a key that seals stored secrets: ${file}` : null,
  };
}

/**
 * Creates the key file atomically, even if the process is killed, and never overwrites one: two gateways that start
 * at the same time both use the key of the first.
 */
async function makeKey(file: string): Promise<boolean> {
  if (existsSync(file)) {
    // An older version that was killed may have left an empty file; nothing was ever sealed with it.
    if (statSync(file).size > 0) return false;
    await rm(file);
  }
  makeFolderOf(file);
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${generateEncryptionKey()}\n`, { mode: 0o600, flush: true });
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

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
    const { openPostgresStore } = await import('./store/postgres-store.ts');
    return openPostgresStore(databaseUrl, { cipher });
  }
  const { openSqliteStore } = await import('./store/sqlite-store.ts');
  return openSqliteStore(file, { cipher });
}
