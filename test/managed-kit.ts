import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { generateEncryptionKey, parseEncryptionKeys } from '../src/config/encryption-keys.ts';
import { openStore } from '../src/open-store.ts';
import { createSandbox, type SandboxOptions } from '../src/sandbox/sandbox.ts';
import { createCachedStore } from '../src/store/cached-store.ts';
import { createCipher } from '../src/store/cipher.ts';
import type { GatewayStore } from '../src/store/store.ts';
import { createKit, type Kit, type KitOptions, noErrors } from './kit.ts';

/** A fixed key that is long enough for the setting, so that a test can search for it. */
export const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';

export interface ManagedKit extends Kit {
  readonly store: GatewayStore;
  /** The folder of the database. */
  readonly folder: string;
  /** Sends a query as the administrator. */
  admin(query: string, variables?: object, headers?: Record<string, string>): ReturnType<Kit['query']>;
  /** Adds the sandbox's app as a credential; returns its `id`. */
  addCredential(nickname: string, app?: number): Promise<string>;
  /** Creates a READER key for these credentials; returns its headers. */
  readerKey(credentialIds: readonly string[], more?: object): Promise<{ id: string; authorization: string }>;
}

/** A gateway over a SQLite store in its own folder, which requires keys. It ends with the test. */
export async function createManagedKit(
  options: Omit<KitOptions, 'store'> & { sandbox?: SandboxOptions; folder?: string } = {},
): Promise<ManagedKit> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const cipher = createCipher(parseEncryptionKeys(generateEncryptionKey()));
  const store = await createCachedStore(await openStore({ file: join(folder, 'gateway.db'), cipher }), {
    cipher,
  });
  const over = options.over ?? createSandbox({ messages: 200, ...options.sandbox });
  const kit = createKit({ ...options, over, store, config: { adminKey: ADMIN_KEY, ...options.config } });
  onTestFinished(async () => {
    await kit.gateway.close();
    await store.close();
    if (options.folder) return;
    rmSync(folder, { recursive: true, force: true });
    // The file beside the folder that records that there was an ADMIN key.
    rmSync(join(folder, '..', `.${basename(folder)}.gateway.db.closed`), { force: true });
  });
  const admin: ManagedKit['admin'] = (query, variables = {}, headers = {}) =>
    kit.query(query, variables, { authorization: `Bearer ${ADMIN_KEY}`, ...headers });

  return {
    ...kit,
    store,
    folder,
    admin,
    async addCredential(nickname, app = 0) {
      const { clientId, clientSecret } = over.apps[app] ?? { clientId: '', clientSecret: '' };
      const { data } = noErrors(
        await admin('mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }', {
          input: { nickname, clientId, clientSecret },
        }),
      );
      return data.addCredential.id;
    },
    async readerKey(credentialIds, more = {}) {
      const { data } = noErrors(
        await admin(
          'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id } } }',
          { input: { name: 'a dashboard', credentialIds, ...more } },
        ),
      );
      const { token, apiKey } = data.createApiKey;
      return { id: apiKey.id, authorization: `Bearer ${token}` };
    },
  };
}
