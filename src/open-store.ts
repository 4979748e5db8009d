import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from './config.ts';
import { createCachedStore } from './credentials/cached-store.ts';
import { createCipher, createMissingCipher } from './credentials/cipher.ts';
import {
  type EncryptionKey,
  generateEncryptionKey,
  parseEncryptionKeys,
} from './credentials/encryption-keys.ts';
import type { CredentialSetting } from './credentials/fixed-store.ts';
import { openStore } from './credentials/open-store.ts';
import { withSettings } from './credentials/settings-store.ts';
import type { GatewayStore } from './credentials/store.ts';
import type { Logger } from './log.ts';

/**
 * Opens the store the settings name, with the settings' own credentials before its own.
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
 * The keys of the settings. On the sandbox, where nothing is secret in earnest, one is made and kept beside
 * the database; against the real Twilio nobody but the operator makes a key.
 */
async function findKeys(config: Config): Promise<{ keys: readonly EncryptionKey[]; notice: string | null }> {
  if (config.encryptionKeys.length > 0 || config.twilio) return { keys: config.encryptionKeys, notice: null };
  const file = `${config.database.file}.key`;
  try {
    return { keys: parseEncryptionKeys(readFileSync(file, 'utf8').trim()), notice: null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = generateEncryptionKey();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  return {
    keys: parseEncryptionKeys(key),
    notice: `  Key       made a key that seals stored secrets: ${file}`,
  };
}
