import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished, vi } from 'vitest';
import { createGateway } from '../../src/app.ts';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { listen } from '../../src/http/listen.ts';
import { createLogger } from '../../src/log.ts';
import { openStore } from '../../src/open-store.ts';
import { type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import { DEFAULTS, type GraphQLResult, noErrors } from '../kit.ts';
import { finish } from '../reads/copy.ts';
import { watch } from './complaints.ts';

const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';
const BUILT = fileURLToPath(new URL('../../dist/console', import.meta.url));

export interface ConsoleOptions {
  /** Whether there is a copy of the parent's and the subaccount's messages. @default false */
  readonly hasCopy?: boolean;
  /** Fills the sandbox, which begins with few messages of its own. */
  readonly plant?: (sandbox: Sandbox) => void;
  /** @default both accounts of the sandbox */
  readonly credentials?: number;
  readonly messages?: number;
}

export type Console = Awaited<ReturnType<typeof openConsole>>;

/** A gateway with the built console on a port of its own, for all tests of a file. */
export async function openConsole(options: ConsoleOptions = {}) {
  const { hasCopy = false, plant, credentials = 2, messages = 40 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'gateway-console-'));
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const file = join(folder, 'gateway.db');
  const stored = await createCachedStore(await openStore({ file, cipher }), { cipher });
  const sandbox = createSandbox({ messages });
  plant?.(sandbox);
  const store = withSettings(stored, sandbox.apps.slice(0, credentials));
  const history = hasCopy ? await openSqliteHistory(join(folder, 'history.db')) : undefined;
  const lines: string[] = [];
  const twilio = await sandbox.listen();
  const gateway = createGateway({
    config: { ...DEFAULTS, adminKey: ADMIN_KEY, encryptionKeys },
    urls: { apiUrl: new URL(twilio.url), oauthUrl: new URL(twilio.url) },
    store,
    history,
    console: BUILT,
    log: createLogger('debug', (line) => lines.push(line)),
  });
  const { url, close } = await listen(gateway, 'localhost', 0);
  async function query(text: string, variables: object = {}): Promise<GraphQLResult> {
    const response = await gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return noErrors((await response.json()) as GraphQLResult);
  }

  /** Copies an account by reading its list, whose pages are saved as they are read. */
  async function copy(accountSid: string) {
    if (!history) return;
    const policy = { accountSid, enabled: true, paused: false, keepsBodies: true, days: null };
    await history.setPolicy(policy);
    const list =
      'query($sid: AccountSid, $after: String) { messages(accountSid: $sid, first: 1000, after: $after) { nodes { sid } pageInfo { hasNextPage endCursor } } }';
    let count = 0;
    for (let after: string | null = null; ; ) {
      const { data }: GraphQLResult = await query(list, { sid: accountSid, after });
      count += data.messages.nodes.length;
      await vi.waitFor(async () => {
        if ((await history.status(accountSid)).messages < count) throw new Error('not saved yet');
      }, 10_000);
      if (!data.messages.pageInfo.hasNextPage) break;
      after = data.messages.pageInfo.endCursor;
    }
    await finish(history, accountSid, 'everything', { since: new Date(0), until: new Date('2099-01-01') });
  }
  if (hasCopy) for (const { accountSid } of sandbox.apps.slice(0, credentials)) await copy(accountSid);

  return {
    url,
    sandbox,
    store,
    /** All lines of the log so far. */
    lines,
    /** Runs a query as an ADMIN. */
    query,
    /** Creates a key. @returns its token */
    async key(fieldPolicy: Partial<FieldPolicy> = {}, role: 'READER' | 'ADMIN' = 'READER', ids?: string[]) {
      const token = createToken();
      const all = (await store.list()).map(({ id }) => id);
      await store.addApiKey({
        name: `A ${role.toLowerCase()}`,
        role,
        tokenHash: hashToken(token),
        credentialIds: role === 'READER' ? (ids ?? all) : [],
        dateExpires: null,
        fieldPolicy: { ...SHOW_ALL, ...fieldPolicy },
      });
      return token;
    },
    async close() {
      await close(0);
      await gateway.close();
      await store.close();
      await history?.close();
      await twilio.close();
      rmSync(folder, { recursive: true, force: true });
      rmSync(join(folder, '..', `.${basename(folder)}.gateway.db.closed`), { force: true });
    },
  };
}

export interface TabOptions {
  /** @default 1280 */
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly zone?: string;
}

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The bodies and addresses of all responses, but the files of the console. */
  readonly received: string[];
}

/** Signs in with a key and opens a screen. The test fails for any error in the browser's console, such as a report of its CSP. */
export async function openTab(
  browser: Browser,
  { url, lines }: Pick<Console, 'url' | 'lines'>,
  key: string,
  path: string,
  { width = 1280, scheme = 'light', zone = 'Europe/Berlin' }: TabOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    locale: 'en-US',
    timezoneId: zone,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const complaints: string[] = [];
  const received: string[] = [];
  const reading: Promise<unknown>[] = [];
  // Errors of requests are shown on the page; the tests cause some.
  await watch(context, (text) => {
    if (!text.includes('the server responded with a status of')) complaints.push(text);
  });
  context.on('response', (response) => {
    if (response.url().includes('/assets/')) return;
    received.push(response.url());
    reading.push(
      response.text().then(
        (text) => received.push(text),
        () => {},
      ),
    );
  });
  onTestFinished(async () => {
    await context.close();
    await Promise.all(reading);
    expect(complaints).toEqual([]);
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
  const page = await context.newPage();
  await page.goto(`${url}/login?next=${encodeURIComponent('/threads')}`);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.waitForURL(`${url}/threads`);
  if (path !== '/threads') await page.goto(`${url}${path}`);
  return { page, context, received };
}
