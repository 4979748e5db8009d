import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkPage, checkState, WINDOWS } from './axe.ts';
import { useBrowser } from './chromium.ts';
import { type Console, openConsole, openSignedIn } from './gateway.ts';
import { shoot } from './screenshot.ts';

// A browser on a machine that others use, too.
vi.setConfig({ testTimeout: 60_000 });

const browser = useBrowser();
let gateway: Console;
let admin: string;
let reader: string;
beforeAll(async () => {
  gateway = await openConsole({
    history: 'copied',
    plant(sandbox) {
      for (let index = 0; index < 55; index += 1) sandbox.addAccount({ friendlyName: `Branch ${index}` });
      sandbox.addAccount({ friendlyName: 'Evil \u202Eknab\u202C <b>branch</b>' });
      const [, second] = sandbox.apps;
      const kept = second?.permissions.filter((name) => !/usage|media/.test(name)) ?? [];
      sandbox.setPermissions(second?.clientId ?? '', kept);
    },
  });
  admin = (await gateway.addKey('ADMIN')).token;
  reader = (await gateway.addKey()).token;
}, 300_000);
afterAll(async () => {
  await gateway?.close();
});

const row = (page: Page, name: string) =>
  page.locator('.account').filter({ has: page.getByRole('button', { name, exact: true }) });

describe('the accounts', () => {
  test('are listed with what opens them, page by page', async () => {
    const page = await openSignedIn(browser(), gateway, reader, '/accounts');
    await page.locator('.account').first().waitFor();
    expect(await page.getByRole('status').filter({ hasText: 'accounts' }).textContent()).toMatch(
      /^\d+\+ accounts/,
    );
    const parent = row(page, 'Northwind');
    expect(await parent.textContent()).toMatch(/Active.*sandbox.*Copy is current/);
    expect(await row(page, 'Branch 54').textContent()).toContain('No credential');
    await page.getByRole('button', { name: 'Show more accounts' }).click();
    await row(page, 'Northwind Trials').waitFor();
    expect(await row(page, 'Northwind Trials').textContent()).toContain('Suspended');
    expect(await page.getByRole('button', { name: 'Show more accounts' }).count()).toBe(0);
    // The parent, the three subaccounts of the sandbox, and those that were added.
    expect(await page.locator('.account').count()).toBe(60);
    expect(await page.locator('.account-title b').count()).toBe(0);
    expect(await page.locator('.account .hidden-character').allTextContents()).toEqual(['U+202E', 'U+202C']);
  });

  test('show their usage of a period', async () => {
    const page = await openSignedIn(browser(), gateway, reader, '/accounts');
    const usage = row(page, 'Northwind').locator('.account-usage');
    await usage.getByText('messages').waitFor();
    await page.getByLabel('Usage of').selectOption('All time');
    await page.waitForURL(/#period=all-time$/);
    const { data } = await gateway.query('{ account { sid usage { category count } } }');
    const countOf = (pattern: RegExp) =>
      data.account.usage
        .filter(({ category }: { category: string }) => pattern.test(category))
        .reduce((sum: number, { count }: { count: string }) => sum + Number(count), 0);
    const total = countOf(/^(?:sms|mms)$/) + countOf(/^channels-messaging/);
    expect(total).toBeGreaterThan(0);
    await usage.getByText(`${total} messages`).waitFor();
    await page.reload();
    await usage.getByText(`${total} messages`).waitFor();
    expect(await page.getByLabel('Usage of').inputValue()).toBe('all-time');
  });

  test('say which permission is missing, and how to grant it', async () => {
    const page = await openSignedIn(browser(), gateway, reader, '/accounts');
    const lending = row(page, 'Northwind Lending');
    await lending.getByText('lacks 2 permissions').waitFor();
    expect(await lending.textContent()).toContain('Usage not permitted');
    await lending.getByRole('button', { name: 'Northwind Lending' }).click();
    const missing = lending.locator('.account-permissions .lacking');
    expect((await missing.allTextContents()).sort()).toEqual([
      expect.stringContaining('/twilio/messaging/media/list'),
      expect.stringContaining('/twilio/usage/records/list'),
    ]);
    expect(await lending.textContent()).toContain(
      'Ask an administrator of this gateway to check the credential again.',
    );
    await page.waitForURL(/#open=AC[0-9a-f]{32}$/);
    await page.reload();
    await missing.first().waitFor();
    await checkState(page, 'missing permissions');
  });

  test('lead to their messages, threads and insights', async () => {
    const page = await openSignedIn(browser(), gateway, reader, '/accounts#zone=Asia/Kolkata');
    const { sid } = gateway.sandbox.accounts.active;
    const links = row(page, 'Northwind Lending').getByRole('navigation').getByRole('link');
    await links.first().waitFor();
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual(
      ['/messages', '/threads', '/'].map((path) => `${path}#zone=Asia/Kolkata&account=${sid}`),
    );
    await links.nth(1).click();
    await page.getByText('Only persons with messages of').waitFor();
    await page.getByRole('button', { name: 'All accounts' }).click();
    expect(page.url()).not.toContain('account=');
  });
});

test('a link to an unknown account says so; a key without credentials has a way forward', async () => {
  const page = await openSignedIn(
    browser(),
    gateway,
    reader,
    `/accounts#open=AC${'0'.repeat(32)}&period=never`,
  );
  await page.getByText('is not among the accounts that were read so far').waitFor();
  await page.getByRole('button', { name: 'Show more accounts' }).click();
  await page.getByText('None of your credentials can see the account of this link.').waitFor();
  await checkState(page, 'unknown account');
  await page.getByRole('button', { name: 'Close' }).click();
  expect(page.url()).not.toContain('open=');
  const none = await openSignedIn(
    browser(),
    gateway,
    (await gateway.addKey('READER', { credentialIds: [] })).token,
    '/accounts',
  );
  await none.getByText('Ask an administrator to give your key one.').waitFor();
  await checkState(none, 'accounts without a credential');
});

test('works by keyboard alone', async () => {
  const page = await openSignedIn(browser(), gateway, admin, '/threads');
  await page.locator('.thread-row').first().waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.locator('.account').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.account-details').waitFor();
  await page.getByText('/twilio/messaging/messages/list').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.account-details').waitFor({ state: 'detached' });
});

test.each(WINDOWS)('axe finds nothing in %s at %i px', async (scheme, width) => {
  const page = await openSignedIn(browser(), gateway, admin, '/accounts', { scheme, width });
  for (const name of ['Northwind', 'Northwind Lending']) {
    await row(page, name).getByRole('button', { name, exact: true }).click();
    await page.locator('.account-details .account-permissions').waitFor();
    await page.locator('.loading').waitFor({ state: 'detached' });
    // Otherwise a row may be half behind the bar at the top.
    await page.evaluate(() => scrollTo(0, 0));
    await checkPage(page, name);
  }
  await shoot(page, 'accounts');
});
