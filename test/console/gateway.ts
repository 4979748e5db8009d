import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { openHistory } from '../../src/history/open-history.ts';
import { listen } from '../../src/http/listen.ts';
import { openStore } from '../../src/open-store.ts';
import { type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import type { NewApiKey } from '../../src/store/records.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import { createKit, type GraphQLResult, type Kit, type KitOptions, noErrors } from '../kit.ts';
import { sync } from '../reads/copy.ts';
import { openTab, type TabOptions } from './chromium.ts';

const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';
/** What `console/build.ts` makes; the tests' global setup runs it. */
export const BUILD = join(import.meta.dirname, '../../dist/console');

export interface ConsoleOptions {
  /** How many messages the sandbox has. @default 40 */
  readonly messages?: number;
  /** Fills the sandbox. */
  readonly plant?: (sandbox: Sandbox) => void;
  /** Which of the sandbox's apps are credentials of the settings. @default both */
  readonly credentials?: readonly number[];
  /** Whether requests need a key. @default true */
  readonly needsKey?: boolean;
  /** A copy that has all messages, or an empty one that the gateway fills where it is enabled. @default none */
  readonly history?: 'copied' | 'synced';
  readonly config?: KitOptions['config'];
}

export type Console = Awaited<ReturnType<typeof openConsole>>;

/** A gateway with the built console on a port of its own, over a sandbox that listens, too. */
export async function openConsole(options: ConsoleOptions = {}) {
  const { messages = 40, plant, credentials = [0, 1], needsKey = true, history: wanted, config } = options;
  const folder = mkdtempSync(join(tmpdir(), 'gateway-console-'));
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const file = join(folder, 'gateway.db');
  const stored = await createCachedStore(await openStore({ file, cipher }), { cipher });
  const sandbox = createSandbox({ messages });
  plant?.(sandbox);
  const apps = sandbox.apps.filter((_, index) => credentials.includes(index));
  const store = withSettings(stored, apps);
  const history = wanted && openHistory({ file: join(folder, 'history.db') });
  const twilio = await sandbox.listen();
  const kit = createKit({
    over: sandbox,
    store,
    history,
    syncsHistory: wanted === 'synced',
    console: BUILD,
    urls: { apiUrl: new URL(twilio.url), oauthUrl: new URL(twilio.url) },
    config: { encryptionKeys, ...(needsKey && { adminKey: ADMIN_KEY }), ...config },
  });
  /** Runs a query as an ADMIN. */
  const query = async (text: string, variables: object = {}): Promise<GraphQLResult> =>
    noErrors(await kit.query(text, variables, needsKey ? { authorization: `Bearer ${ADMIN_KEY}` } : {}));
  if (history && wanted === 'copied') {
    for (const { accountSid } of apps) await sync({ query, history }, accountSid);
  }
  let listening = await listen(kit.gateway, 'localhost', 0, DEFAULT_LIMITS);
  const { url } = listening;

  return {
    url,
    sandbox,
    store,
    /** All lines of the log so far. */
    lines: kit.lines,
    query,
    /** Creates a key. */
    async addKey(
      role: 'READER' | 'ADMIN' = 'READER',
      more: Partial<Pick<NewApiKey, 'name' | 'credentialIds'>> & { fieldPolicy?: Partial<FieldPolicy> } = {},
    ) {
      const token = createToken();
      const credentialIds = more.credentialIds ?? (await store.list()).map(({ id }) => id);
      const { id } = await store.addApiKey({
        name: more.name ?? `a ${role}`,
        role,
        tokenHash: hashToken(token),
        credentialIds: role === 'READER' ? credentialIds : [],
        dateExpires: null,
        fieldPolicy: { ...SHOW_ALL, ...more.fieldPolicy },
      });
      return { id, token };
    },
    /** Stops listening, as a gateway that is away. */
    stop: () => listening.close(0),
    async restart() {
      listening = await listen(kit.gateway, 'localhost', Number(new URL(url).port), DEFAULT_LIMITS);
    },
    async close() {
      await listening.close(0);
      await kit.gateway.close();
      await store.close();
      await history?.close();
      await twilio.close();
      rmSync(folder, { recursive: true, force: true });
      rmSync(join(folder, '..', `.${basename(folder)}.gateway.db.closed`), { force: true });
    },
  };
}

/** Serves the console of an in-process gateway on a free port, until the test ends. */
export async function serve({ gateway }: Pick<Kit, 'gateway'>): Promise<string> {
  const { url, close } = await listen(gateway, 'localhost', 0, DEFAULT_LIMITS);
  onTestFinished(async () => {
    await close(0);
    await gateway.close();
  });
  return url;
}

/** Signs in with a key on the page of the gateway, which leads to a screen. */
export async function signIn(page: Page, { url }: Pick<Console, 'url'>, token: string, path = '/') {
  const [next = '', fragment = ''] = path.split('#');
  await page.goto(`${url}/login?${new URLSearchParams({ next })}#${fragment}`);
  await page.getByLabel('API key').fill(token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(({ pathname }) => pathname === next);
}

/** Opens a tab at a screen, signed in with a key. Errors of requests are shown on the page; the tests bring about some. */
export async function openSignedIn(
  browser: Browser,
  gateway: Pick<Console, 'url'>,
  token: string,
  path: string,
  options: TabOptions = {},
): Promise<Page> {
  const page = await openTab(browser, 'about:blank', {
    expected: /the server responded with a status of/,
    ...options,
  });
  await signIn(page, gateway, token, path);
  return page;
}
