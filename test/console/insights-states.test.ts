import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkPage, checkState, WINDOWS } from './axe.ts';
import { openTab, useBrowser } from './chromium.ts';
import { type ConsoleOptions, openConsole, signIn } from './gateway.ts';
import { shoot } from './screenshot.ts';

const TIMEOUT = 90_000;
const browser = useBrowser();

/** A gateway that needs no key, where everyone is ADMIN. */
const open = (options: ConsoleOptions = {}) => openWithKeys({ messages: 400, needsKey: false, ...options });

async function openWithKeys(options: ConsoleOptions = {}) {
  const gateway = await openConsole({ messages: 300, ...options });
  onTestFinished(gateway.close);
  return gateway;
}

const tiles = (page: Page) => page.getByRole('region', { name: 'Key figures' });

describe('what was counted', () => {
  test(
    'at the scan limit says so, shades what was not counted, and offers the part that was',
    async () => {
      const { url } = await open({ messages: 2_000, config: { scanBudget: 300 } });
      const page = await openTab(browser(), `${url}/#range=400d&zone=UTC`);
      await page.getByText('Not complete').waitFor();
      const notice = page.getByText(/Reading stopped at the scan limit, after \d+ messages of Twilio/);
      await notice.waitFor();
      expect(await page.locator('.chart-uncounted').count()).toBe(1);
      // All figures count the same messages.
      const failed = await tiles(page).getByRole('article').nth(2).locator('.tile-value').textContent();
      const codes = page.getByRole('region', { name: 'Why messages fail' });
      await codes.getByText(`${failed} failures`, { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      const rows = page.getByRole('table', { name: /Messages by outcome/ }).locator('tbody tr');
      expect(await rows.first().textContent()).toMatch(/\(not counted\)–+$/);
      expect(await rows.filter({ hasText: '(counted in part)' }).count()).toBe(1);
      expect(await rows.last().textContent()).not.toContain('counted');
      await page.getByRole('button', { name: 'Chart', exact: true }).click();
      await page.getByRole('button', { name: 'Show only this part' }).click();
      await page.getByText('Complete', { exact: true }).waitFor();
      expect(new URL(page.url()).hash).toMatch(/range=.*\.\./);
      expect(await page.locator('.chart-uncounted').count()).toBe(0);
      await page.goBack();
      await notice.waitFor();
    },
    TIMEOUT,
  );

  test(
    'without an account that cannot be read names it, and counts the others',
    async () => {
      const { sandbox, url } = await open();
      const [, subaccount] = sandbox.apps;
      sandbox.setPermissions(subaccount?.clientId ?? '', []);
      const page = await openTab(browser(), `${url}/#range=90d`);
      await page.getByText('One account could not be read; this is without it.').waitFor();
      await page.getByText(sandbox.accounts.active.sid).waitFor();
      await page.getByText('Not complete').waitFor();
      await tiles(page).getByRole('link').first().waitFor();
      await checkState(page, 'an account that cannot be read');
    },
    TIMEOUT,
  );

  test(
    'that is nothing offers to remove one filter, or a longer time',
    async () => {
      const { url } = await open();
      const page = await openTab(browser(), `${url}/#range=90d&country=FJ&status=failed`);
      await page.getByRole('heading', { name: 'No message matches all of these filters' }).waitFor();
      await checkState(page, 'no match');
      await page.getByRole('button', { name: 'Remove Country: Fiji' }).click();
      await tiles(page).waitFor();
      expect(new URL(page.url()).hash).not.toContain('country');

      await page.goto(`${url}/#range=2099-01-01T00:00:00Z..2099-01-02T00:00:00Z`);
      await page.getByRole('heading', { name: 'There are no messages in this time' }).waitFor();
      await checkState(page, 'no messages');
      await page.getByRole('button', { name: 'Last 30 days' }).click();
      await tiles(page).waitFor();
      // An address that was edited by hand shows what can be understood of it.
      await page.goto(`${url}/#range=nonsense&error=abc&outcome=lost&zone=Nowhere/City&x=%E0%A4%A`);
      await page.reload();
      await tiles(page).waitFor();
      await page
        .getByText(/Last 7 days/)
        .first()
        .waitFor();
    },
    TIMEOUT,
  );
});

describe('while something is in the way', () => {
  test(
    'the old figures stay, dimmed, until the new ones are there',
    async () => {
      const { url } = await open();
      const page = await openTab(browser(), `${url}/#range=90d`);
      await tiles(page).waitFor();
      const before = await tiles(page).textContent();
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route('**/graphql', async (route) => {
        await held;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.locator('.insights[aria-busy="true"]').waitFor();
      expect(await tiles(page).textContent()).toBe(before);
      release();
      await page.locator('.insights[aria-busy="false"]').waitFor();
      await tiles(page).waitFor();
    },
    TIMEOUT,
  );

  test(
    'a gateway that cannot be reached, and one that is throttled, say so and go on',
    async () => {
      const { sandbox, url } = await open();
      const page = await openTab(browser(), `${url}/#range=90d`, { expected: /^Failed to load resource/ });
      await tiles(page).waitFor();
      await page.context().setOffline(true);
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByRole('heading', { name: 'The gateway does not respond' }).waitFor();
      await checkState(page, 'offline');
      // The page tries again by itself, here and when the wait is over.
      await page.context().setOffline(false);
      await tiles(page).waitFor();

      sandbox.set({ fail429: 1, retryAfterSeconds: 11 });
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByRole('heading', { name: 'Too many requests at the moment' }).waitFor();
      await checkState(page, 'throttled');
      sandbox.set({ fail429: 0 });
      await tiles(page).waitFor();
    },
    TIMEOUT,
  );

  test(
    'a session that ends keeps its place until someone has signed in',
    async () => {
      const gateway = await openWithKeys();
      const first = await gateway.addKey('ADMIN');
      const page = await openTab(browser(), 'about:blank', { expected: /status of 401/ });
      await signIn(page, gateway, first.token);
      await tiles(page).waitFor();
      // A page of its own: a change of the fragment alone would not wait for the network.
      await page.goto('about:blank');
      await page.goto(`${gateway.url}/#range=90d`);
      await page.getByRole('heading', { name: 'Top senders' }).waitFor();
      // What is still being read would find the end of the session, too.
      await page.waitForLoadState('networkidle');
      const second = await gateway.addKey('ADMIN');
      await gateway.store.revokeApiKey(first.id);
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByRole('dialog', { name: 'Sign in to go on' }).waitFor();
      await checkState(page, 'session ended');
      await tiles(page).waitFor();
      const other = await page.context().newPage();
      await signIn(other, gateway, second.token);
      await tiles(other).waitFor();
      await page.bringToFront();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('.insights[aria-busy="false"]').waitFor();
      await tiles(page).waitFor();
      expect(new URL(page.url()).hash).toBe('#range=90d');
    },
    TIMEOUT,
  );
});

describe('field policies', () => {
  test.each([
    ['LAST_FOUR', /shows a part of each sender only/, /…\d{4}/],
    ['HIDDEN', /hides senders/, null],
  ] as const)(
    'a reader whose policy says %s sees senders accordingly, and no number in full',
    async (addresses, note, shown) => {
      const gateway = await openWithKeys();
      const { token } = await gateway.addKey('READER', { fieldPolicy: { addresses } });
      const page = await openTab(browser(), 'about:blank');
      const bodies: string[] = [];
      page.on('response', async (response) => {
        if (response.url().endsWith('/graphql')) bodies.push(await response.text().catch(() => ''));
      });
      await signIn(page, gateway, token);
      await tiles(page).waitFor();
      await page.goto(`${gateway.url}/#range=90d`);
      const senders = page.getByRole('region', { name: 'Top senders', exact: true });
      await senders.getByText(note).waitFor();
      await checkState(page, `senders ${addresses}`);
      expect(await senders.getByRole('link').count()).toBe(0);
      if (shown) expect(await senders.textContent()).toMatch(shown);
      else expect(await senders.getByRole('table').count()).toBe(0);
      // The sandbox's senders. The explanation of an error has an example of a number.
      expect(await page.content()).not.toMatch(/\+1\d{3}55501[01]\d/);
      expect(bodies.join('')).not.toMatch(/\+1\d{3}55501[01]\d/);
    },
    TIMEOUT,
  );

  test(
    'without a credential an ADMIN is led to adding one, and others learn whom to ask',
    async () => {
      const gateway = await openWithKeys({ credentials: [] });
      const page = await openTab(browser(), 'about:blank');
      await signIn(page, gateway, (await gateway.addKey('ADMIN')).token);
      await page.getByRole('heading', { name: 'Connect a Twilio account' }).waitFor();
      const add = page.getByRole('link', { name: 'Add a credential' });
      expect(await add.getAttribute('href')).toBe('/admin/credentials');
      await checkPage(page, 'an ADMIN without a credential');

      const reader = await openTab(browser(), 'about:blank', { scheme: 'dark' });
      await signIn(reader, gateway, (await gateway.addKey('READER', { credentialIds: [] })).token);
      await reader.getByRole('heading', { name: 'Your key opens no account yet' }).waitFor();
      await reader.getByText('Ask an administrator of this gateway to give “a READER” access').waitFor();
      expect(await reader.getByRole('link', { name: 'Add a credential' }).count()).toBe(0);
      await checkPage(reader, 'a READER without a credential');
    },
    TIMEOUT,
  );

  test(
    'the welcome explains the sandbox until it is dismissed, and keeps nothing else in the browser',
    async () => {
      const { url } = await open();
      const page = await openTab(browser(), `${url}/`);
      const welcome = page.getByRole('region', { name: 'Welcome: this is a sandbox' });
      await welcome.getByText('SANDBOX=off').waitFor();
      expect(await welcome.getByRole('link', { name: 'Open GraphiQL' }).getAttribute('href')).toBe(
        '/graphql',
      );
      await welcome.getByRole('button', { name: 'Dismiss' }).click();
      await welcome.waitFor({ state: 'detached' });
      await page.reload();
      await tiles(page).waitFor();
      expect(await welcome.count()).toBe(0);
      expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ 'console.welcome': 'dismissed' });
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    },
    TIMEOUT,
  );

  test(
    'over Twilio there is no welcome',
    async () => {
      const urls = {
        apiUrl: new URL('https://api.twilio.com'),
        oauthUrl: new URL('https://oauth.twilio.com'),
      };
      const { url } = await open({ config: { twilio: { ...urls, credential: null } } });
      const page = await openTab(browser(), `${url}/#range=90d`);
      await tiles(page).waitFor();
      expect(await page.getByText('this is a sandbox').count()).toBe(0);
    },
    TIMEOUT,
  );
});

test.each(WINDOWS)(
  'axe finds nothing, in %s at %i px',
  async (scheme, width) => {
    const { url } = await open({ messages: 4_000 });
    const page = await openTab(browser(), `${url}/#range=90d`, {
      scheme,
      width,
    });
    await page.getByRole('heading', { name: 'Top senders' }).waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await shoot(page, 'insights');
    await page.getByText('What to do').first().click();
    await checkPage(page, 'with a remedy');
    await page.goto(`${url}/#country=FJ`);
    await page.getByRole('heading', { name: 'No message matches all of these filters' }).waitFor();
    await checkPage(page, 'without a match');
  },
  TIMEOUT,
);
