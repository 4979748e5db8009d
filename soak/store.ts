import { join } from 'node:path';
import { createToken, hashToken } from '../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../src/config/encryption-keys.ts';
import { openStore } from '../src/open-store.ts';
import { createCipher } from '../src/store/cipher.ts';

/** The keys of a prepared store, and the settings to use it. */
export interface FilledStore {
  /** API keys of each caller, by name. */
  readonly apiKeys: Readonly<Record<string, readonly string[]>>;
  /** Settings for the gateway. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Creates a store in which each caller has its own credential with API keys. The gateway requires a key.
 *
 * @param callers the account SID of each caller, by name
 */
export async function fillStore(
  directory: string,
  callers: Readonly<Record<string, string>>,
  keysEach = 1,
): Promise<FilledStore> {
  const key = generateEncryptionKey();
  const file = join(directory, `${Object.keys(callers).length}-callers.db`);
  const store = await openStore({ file, cipher: createCipher(parseEncryptionKeys(key)) });
  const apiKeys: Record<string, string[]> = {};
  for (const [index, [nickname, accountSid]] of Object.entries(callers).entries()) {
    const { id } = await store.add({
      nickname,
      accountSid,
      clientId: `OQ${index.toString(16).padStart(32, 'c')}`,
      clientSecret: 'made-up-secret-of-the-soak',
    });
    const tokens = Array.from({ length: keysEach }, createToken);
    for (const token of tokens) {
      const tokenHash = hashToken(token);
      await store.addApiKey({
        name: nickname,
        role: 'READER',
        tokenHash,
        credentialIds: [id],
        dateExpires: null,
      });
    }
    apiKeys[nickname] = tokens;
  }
  await store.close();
  return {
    apiKeys,
    env: { DATABASE_FILE: file, GATEWAY_ENCRYPTION_KEYS: key, GATEWAY_ADMIN_KEY: createToken() },
  };
}
