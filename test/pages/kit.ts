import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { openStore } from '../../src/open-store.ts';
import { createSandbox, type SandboxOAuthApp } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import { makeBuild } from '../console/build.ts';
import { createKit, type Kit, type KitOptions } from '../kit.ts';
import { createVisitor, type Visitor } from './visitor.ts';

export const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';

export interface PageKit extends Kit {
  readonly store: GatewayStore;
  /** An app of the parent account without a credential. */
  readonly app: SandboxOAuthApp;
  visitor(): Visitor;
  /** A visitor who has logged in with the admin key of the settings. */
  admin(): Promise<Visitor>;
  /** A second gateway on the same store, with the same keys. */
  beside(config?: KitOptions['config']): PageKit;
}

export interface PageKitOptions extends Pick<KitOptions, 'config' | 'now' | 'telemetry'> {
  /** Wraps the store of the gateway. */
  wrap?: (store: GatewayStore) => GatewayStore;
  /** Whether there is a small console. @default false */
  withConsole?: boolean;
}

/** Opens a gateway with its pages, over a sandbox and a SQLite file, with one credential in the settings. */
export async function openPage({
  config,
  now,
  telemetry,
  wrap = (store) => store,
  withConsole = false,
}: PageKitOptions = {}): Promise<PageKit> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-page-'));
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
  const app = over.addApp({ accountSid: over.accounts.parent.sid });
  const settings = { adminKey: ADMIN_KEY, encryptionKeys, ...config };
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const build = withConsole ? makeBuild() : undefined;
  function open(more: KitOptions['config'] = {}): PageKit {
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
      app,
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

/** The fields of the form that adds the fixture's app. */
export function typedIn(
  { clientId, clientSecret }: SandboxOAuthApp,
  nickname = 'support',
): Record<string, string> {
  return { nickname, clientId, clientSecret };
}

/** Adds the fixture's app on the page; returns its id. */
export async function addByPage(kit: PageKit, visitor: Visitor, nickname = 'support'): Promise<string> {
  await visitor.get('/credentials/add');
  const review = await visitor.post('/credentials/check', typedIn(kit.app, nickname));
  expect(review.status).toBe(200);
  expect(await visitor.post('/credentials/add', review.fields)).toMatchObject({ status: 303 });
  const added = (await kit.store.list()).find((one) => one.nickname === nickname);
  if (!added) throw new Error(`"${nickname}" was not added`);
  return added.id;
}

/** Creates a key in the store. */
export async function makeKey(kit: PageKit, role: 'READER' | 'ADMIN', dateExpires: Date | null = null) {
  const token = createToken();
  const key = { name: `a ${role}`, role, tokenHash: hashToken(token), credentialIds: [], dateExpires };
  const { id } = await kit.store.addApiKey(key);
  return { id, token };
}
