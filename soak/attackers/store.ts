import { join } from 'node:path';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { createCipher } from '../../src/credentials/cipher.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/credentials/encryption-keys.ts';
import { openStore } from '../../src/credentials/open-store.ts';

/** Where a gateway finds the store that was filled. */
export interface FilledStore<Name extends string> {
  /** The API key of each caller; each may use a credential of its own. */
  readonly apiKeys: Readonly<Record<Name, string>>;
  /** Settings for the gateway. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a store in which each caller has an API key and a credential of its own, and nobody is let in without a key. */
export async function fillStore<Name extends string>(
  directory: string,
  callers: Readonly<Record<Name, { readonly accountSid: string }>>,
): Promise<FilledStore<Name>> {
  const key = generateEncryptionKey();
  const file = join(directory, 'callers.db');
  const store = await openStore({ file, cipher: createCipher(parseEncryptionKeys(key)) });
  const apiKeys: Record<string, string> = {};
  const entries = Object.entries<{ readonly accountSid: string }>(callers);
  for (const [index, [nickname, { accountSid }]] of entries.entries()) {
    const { id } = await store.add({
      nickname,
      accountSid,
      clientId: `OQ${index.toString(16).padStart(32, 'c')}`,
      clientSecret: 'made-up-secret-of-the-soak',
    });
    const token = createToken();
    await store.addApiKey({
      name: nickname,
      role: 'READER',
      tokenHash: hashToken(token),
      credentialIds: [id],
      dateExpires: null,
    });
    apiKeys[nickname] = token;
  }
  await store.close();
  return {
    apiKeys: apiKeys as Record<Name, string>,
    env: { DATABASE_FILE: file, GATEWAY_ENCRYPTION_KEYS: key, GATEWAY_ADMIN_KEY: createToken() },
  };
}
