import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createToken, hashToken } from '../../src/auth/api-token.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { openStore } from '../../src/open-store.ts';
import { type FieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import { createKit, type Kit } from '../kit.ts';
import { checkPage } from './axe.ts';
import { openBrowser } from './browser.ts';
import { BUILD, clipboard, openPage, openWindow, plant, runCurl, serveConsole } from './messages-kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const NUMBER = '+12125550123';
const SECRET_TEXT = 'The code of the safe is 4711';

let browser: Browser;
let kit: Kit;
let store: GatewayStore;
let served: Awaited<ReturnType<typeof serveConsole>>;
let sid: string;
const folder = mkdtempSync(join(tmpdir(), 'gateway-console-'));
beforeAll(async () => {
  browser = await openBrowser();
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const sandbox = createSandbox({ messages: 3_000 });
  sid = plant(sandbox, Date.now() - 60_000, {
    status: 'undelivered',
    error_code: 30003,
    to: NUMBER,
    from: '+13125550102',
    body: SECRET_TEXT,
  });
  const file = join(folder, 'data', 'gateway.db');
  const stored = await createCachedStore(await openStore({ file, cipher }), { cipher });
  store = withSettings(stored, sandbox.apps.slice(0, 2));
  const adminKey = 'planted-admin-key-0123456789abcdef0123456789';
  kit = createKit({ over: sandbox, store, console: BUILD, config: { adminKey, encryptionKeys } });
  served = await serveConsole(kit);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  await kit?.gateway.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Creates a key of a reader. */
async function createKey(fieldPolicy: Partial<FieldPolicy> = {}) {
  const token = createToken();
  const { id } = await store.addApiKey({
    name: 'a reader',
    role: 'READER',
    tokenHash: hashToken(token),
    credentialIds: (await store.list()).map((credential) => credential.id),
    dateExpires: null,
    fieldPolicy: { ...SHOW_ALL, ...fieldPolicy },
  });
  return { id, token };
}

/** Signs in in the dialog that stands for the session. */
async function signIn(page: Page, token: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' });
  await dialog.getByLabel('API key').fill(token);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'detached' });
}

const rows = (page: Page) => page.locator('.table-body [role=row]');
const EXPECTED = { expected: /status of 401/ };

test('without a session the page asks for one, rejects a wrong key, and shows what the address says', async () => {
  const context = await openWindow(browser, EXPECTED);
  const page = await openPage(context, `${served.url}/messages#outcome=failed&range=30d`);
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' });
  await dialog.getByLabel('API key').fill('tgw_wrong');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByRole('alert').getByText('This key was rejected').waitFor();
  await checkPage(page, 'sign in');
  await signIn(page, (await createKey()).token);
  await rows(page).first().waitFor();
  await page.getByRole('button', { name: 'Outcome: Failed' }).waitFor();
});

test('a session that ends while scrolling goes on in place after signing in, in all tabs', async () => {
  const context = await openWindow(browser, EXPECTED);
  const page = await openPage(context, `${served.url}/messages#range=400d`);
  const { id, token } = await createKey();
  await signIn(page, token);
  await rows(page).first().waitFor();
  const other = await openPage(context, `${served.url}/messages#range=30d`);
  await rows(other).first().waitFor();

  await store.revokeApiKey(id);
  const grid = page.getByRole('grid');
  const scroll = () => grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await scroll();
  await page.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();
  const before = await grid.evaluate((element) => element.scrollTop);
  await other.getByRole('button', { name: 'Refresh' }).click();
  await other.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();

  await signIn(page, (await createKey()).token);
  await expect.poll(() => page.locator('.list-summary [role=status]').textContent()).toMatch(/^300/);
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(before);
  await expect.poll(() => other.getByRole('dialog').count()).toBe(0);
});

test('a reviewer with the last four characters and no texts finds nothing more in page, network, file and clipboard', async () => {
  const context = await openWindow(browser, EXPECTED);
  const received: Promise<string>[] = [];
  context.on('response', (response) => {
    if (!response.url().includes('/assets/')) received.push(response.text().catch(() => ''));
  });
  const { token } = await createKey({ addresses: 'LAST_FOUR', bodies: 'HIDDEN', media: 'HIDDEN' });
  const account = kit.sandbox.accounts.parent.sid;
  const page = await openPage(context, `${served.url}/messages#error=30003&panel=${account}/${sid}`);
  await signIn(page, token);
  const panel = page.getByRole('complementary', { name: 'Message' });
  await panel.getByText('…0123').waitFor();
  await panel.getByRole('region', { name: 'Text' }).getByText('Hidden').waitFor();
  await checkPage(page, 'reviewer');
  const shown = await page.content();

  await panel.getByRole('button', { name: 'Use the API' }).click();
  await panel.getByRole('button', { name: 'Copy as curl' }).click();
  await expect.poll(() => clipboard(page)).toMatch(/^curl/);
  const command = await clipboard(page);
  expect(command).toContain('$GATEWAY_KEY');
  const returned = JSON.stringify(await runCurl(command, token));
  expect(returned).toContain(sid);

  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'CSV' }).click();
  const file = (await (await download).createReadStream()).setEncoding('utf8');
  let csv = '';
  for await (const part of file) csv += part;
  expect(csv).toContain(sid);

  // What the policy hides is no condition, and says so where an address has one.
  await page.keyboard.press('/');
  await page.keyboard.type(NUMBER);
  expect(await page.getByRole('option').count()).toBe(0);
  await page.goto(`${served.url}/messages#text=safe`);
  await page.getByText('Your field policy does not allow this filter').first().waitFor();

  const seen = [shown, returned, csv, command, ...(await Promise.all(received))].join('\n');
  expect(seen).not.toContain(NUMBER);
  expect(seen).not.toContain('2125550123');
  expect(seen).not.toContain(SECRET_TEXT);
});

test('the log has neither a number nor a key', () => {
  expect(kit.lines.join('\n')).not.toMatch(/2125550123|tgw_\w{20}/);
});
