import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkPage, checkState } from './axe.ts';
import { clipboard, openTab, record, useBrowser } from './chromium.ts';
import { type Console, openConsole } from './gateway.ts';
import { plant, runCurl } from './messages-kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const NUMBER = '+12125550123';
const SECRET_TEXT = 'The code of the safe is 4711';

const browser = useBrowser();
let gateway: Console;
let sid = '';
beforeAll(async () => {
  gateway = await openConsole({
    messages: 3_000,
    plant(sandbox) {
      const failed = { status: 'undelivered', error_code: 30003 };
      const of = { to: NUMBER, from: '+13125550102', body: SECRET_TEXT };
      sid = plant(sandbox, Date.now() - 60_000, { ...failed, ...of });
    },
  });
}, 400_000);
afterAll(() => gateway?.close());

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
  const page = await openTab(browser(), `${gateway.url}/messages#outcome=failed&range=30d`, EXPECTED);
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' });
  await dialog.getByLabel('API key').fill('tgw_wrong');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByRole('alert').getByText('This key was rejected').waitFor();
  await checkPage(page, 'sign in');
  await signIn(page, (await gateway.addKey()).token);
  await rows(page).first().waitFor();
  await page.getByRole('button', { name: 'Outcome: Failed' }).waitFor();
});

test('a rejection that arrives after someone has signed in does not end the new session', async () => {
  const page = await openTab(browser(), 'about:blank', EXPECTED);
  const held = Promise.withResolvers<void>();
  let count = 0;
  await page.route('**/graphql', async (route) => {
    count += 1;
    if (count !== 2) return route.continue();
    await held.promise;
    await route.fulfill({ status: 401, json: { errors: [{ message: 'No session.' }] } });
  });
  await page.goto(`${gateway.url}/messages#range=30d`);
  await signIn(page, (await gateway.addKey()).token);
  held.resolve();
  await rows(page).first().waitFor();
  await page.getByRole('combobox', { name: /Filter by/ }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('a session that ends while scrolling goes on in place after signing in, in all tabs', async () => {
  const page = await openTab(browser(), `${gateway.url}/messages#range=400d`, EXPECTED);
  const { id, token } = await gateway.addKey();
  await signIn(page, token);
  await rows(page).first().waitFor();
  const other = await page.context().newPage();
  await other.goto(`${gateway.url}/messages#range=30d`);
  await rows(other).first().waitFor();

  await gateway.store.revokeApiKey(id);
  const grid = page.getByRole('grid');
  const scroll = () => grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await scroll();
  await page.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();
  await checkState(page, 'session ended');
  const before = await grid.evaluate((element) => element.scrollTop);
  await other.getByRole('button', { name: 'Refresh' }).click();
  await other.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();

  await signIn(page, (await gateway.addKey()).token);
  await expect.poll(() => page.locator('.list-summary [role=status]').textContent()).toMatch(/^250/);
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(before);
  await expect.poll(() => other.getByRole('dialog').count()).toBe(0);
});

test('a reviewer with the last four characters and no texts finds nothing more in page, network, file and clipboard', async () => {
  const { token } = await gateway.addKey('READER', {
    fieldPolicy: { addresses: 'LAST_FOUR', bodies: 'HIDDEN', media: 'HIDDEN' },
  });
  const account = gateway.sandbox.accounts.parent.sid;
  const address = `${gateway.url}/messages#error=30003&panel=${account}/${sid}`;
  const page = await openTab(browser(), 'about:blank', EXPECTED);
  const received = record(page);
  await page.goto(address);
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
  await page.goto(`${gateway.url}/messages#text=safe`);
  await page.getByText('Your field policy does not allow this filter').first().waitFor();

  const seen = [shown, returned, csv, command, ...(await received())].join('\n');
  expect(seen).not.toContain(NUMBER);
  expect(seen).not.toContain('2125550123');
  expect(seen).not.toContain(SECRET_TEXT);
});

test('the log has neither a number nor a key', () => {
  expect(gateway.lines.join('\n')).not.toMatch(/2125550123|tgw_\w{20}/);
});
