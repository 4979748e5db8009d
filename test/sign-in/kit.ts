import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { openStore } from '../../src/open-store.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import { makeBuild } from '../console/build.ts';
import { createKit, type Kit, type KitOptions } from '../kit.ts';
import { createVisitor, type Visitor } from './visitor.ts';

export const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';

export interface SignInKit extends Kit {
  readonly store: GatewayStore;
  visitor(): Visitor;
  /** A visitor who has signed in with the admin key of the settings. */
  admin(): Promise<Visitor>;
  /** A second gateway on the same store, with the same keys. */
  beside(config?: KitOptions['config']): SignInKit;
}

export interface SignInKitOptions extends Pick<KitOptions, 'config' | 'now' | 'telemetry'> {
  /** Wraps the store of the gateway. */
  wrap?: (store: GatewayStore) => GatewayStore;
  /** Whether there is a small console. @default false */
  withConsole?: boolean;
}

/** Opens a gateway over a sandbox and a SQLite file, with one credential in the settings. */
export async function openSignIn({
  config,
  now,
  telemetry,
  wrap = (store) => store,
  withConsole = false,
}: SignInKitOptions = {}): Promise<SignInKit> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-sign-in-'));
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const stored = await createCachedStore(
    await openStore({ file: join(folder, 'data', 'gateway.db'), cipher }),
    {
      cipher,
    },
  );
  const over = createSandbox({ messages: 20 });
  const store = wrap(withSettings(stored, over.apps.slice(1, 2)));
  const settings = { adminKey: ADMIN_KEY, encryptionKeys, ...config };
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const build = withConsole ? makeBuild() : undefined;
  function open(more: KitOptions['config'] = {}): SignInKit {
    const kit = createKit({
      over,
      store,
      ...(build && { console: build }),
      config: { ...settings, ...more },
      ...(now ? { now } : {}),
      ...(telemetry ? { telemetry } : {}),
    });
    onTestFinished(() => kit.gateway.close());
    return {
      ...kit,
      store,
      visitor: () => createVisitor(kit.gateway),
      async admin() {
        const visitor = createVisitor(kit.gateway);
        const { status } = await visitor.logIn(ADMIN_KEY);
        expect(status).toBe(303);
        return visitor;
      },
      beside: open,
    };
  }
  return open();
}

/** Creates a key in the store. */
export async function makeKey(kit: SignInKit, role: 'READER' | 'ADMIN', dateExpires: Date | null = null) {
  const token = createToken();
  const key = { name: `a ${role}`, role, tokenHash: hashToken(token), credentialIds: [], dateExpires };
  const { id } = await kit.store.addApiKey(key);
  return { id, token };
}
