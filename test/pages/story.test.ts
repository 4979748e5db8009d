import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkPage, openBrowser, picture, tabTo } from './browser.ts';
import { openWindow } from './window.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 400_000);
afterAll(() => browser?.close());

const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();
const says = (page: Page, text: string) => page.getByText(text).first().waitFor();
const LIST = 'Credentials and API keys';

describe.each([['wide', 1280]])('in a %s window', (_name, width) => {
  const shot = (page: Page, name: string) => (width === 360 ? checkPage(page) : picture(page, name));

  test('a credential is added, renamed, rotated, checked and removed', { timeout: 60_000 }, async () => {
    const { sandbox, store, page, app, url } = await openWindow(browser, width, 'light', {
      withConsole: false,
    });
    await page.goto(`${url}/credentials`);
    await heading(page, LIST);
    await follow(page, 'Add a credential');
    await page.getByLabel('Nickname').fill('support');
    await page.getByLabel('Client id').fill(app.clientId);
    await page.getByLabel('Client secret').fill('not-the-secret-of-this-app');
    await press(page, 'Check');
    await page.getByRole('alert').waitFor();
    await shot(page, '02-add-refused');
    expect(await page.getByLabel('Nickname').inputValue()).toBe('support');
    expect(await page.getByLabel('Client secret').inputValue()).toBe('');

    sandbox.setPermissions(app.clientId, app.permissions.slice(0, -1));
    await page.getByLabel('Client secret').fill(app.clientSecret);
    await press(page, 'Check');
    await heading(page, 'Review support');
    await says(page, sandbox.accounts.parent.friendlyName);
    await shot(page, '03-review');
    expect(await page.content()).not.toContain(app.clientSecret);
    await press(page, 'Approve and store');
    await says(page, '"support" was added.');
    await shot(page, '04-list');

    sandbox.setPermissions(app.clientId, sandbox.apps[0]?.permissions ?? []);
    await press(page, 'Recheck support');
    await says(page, 'Checked "support".');
    expect(await page.getByText('missing').count()).toBe(0);

    await follow(page, 'Rename support');
    await page.getByLabel('Nickname').fill('sandbox-subaccount');
    await press(page, 'Rename');
    await says(page, 'Choose another nickname.');
    await shot(page, '05-rename-taken');
    await page.getByLabel('Nickname').fill('case desk');
    await press(page, 'Rename');
    await says(page, '"support" is now "case desk".');

    const fresh = sandbox.rotateSecret(app.clientId);
    sandbox.revokeTokens();
    await press(page, 'Recheck case desk');
    await page.getByRole('alert').waitFor();
    // The mark is stored in the background, so that the read does not wait for it.
    await vi.waitFor(async () => expect((await store.list())[1]?.refused).not.toBeNull());
    await page.reload();
    await says(page, 'Twilio has refused the secret since');
    await (width === 360 ? picture(page, '16-secret-refused-narrow') : shot(page, '06-secret-refused'));
    await follow(page, 'Rotate secret case desk');
    await page.getByLabel('New client secret').waitFor();
    await shot(page, '07-rotate');
    await page.getByLabel('New client secret').fill(fresh);
    await press(page, 'Check and rotate');
    await says(page, 'The secret of "case desk" was rotated.');
    expect(await page.getByText('Twilio has refused').count()).toBe(0);

    await follow(page, 'Remove case desk');
    await heading(page, 'Remove case desk?');
    await shot(page, '08-remove');
    await press(page, 'Remove case desk');
    await says(page, '"case desk" was removed.');
    expect(await page.getByRole('heading', { name: 'case desk' }).count()).toBe(0);
  });

  test('a key is created, logs in, and is revoked', { timeout: 60_000 }, async () => {
    const { page, url } = await openWindow(browser, width, 'light', { withConsole: false });
    await page.goto(`${url}/credentials`);
    await shot(page, '01-start');
    await follow(page, 'Create an API key');
    await page.getByLabel('Name').fill('dashboard');
    await page.getByLabel('sandbox-subaccount').check();
    await page.getByLabel('Expires after').fill('2099-12-31');
    await shot(page, '09-create-key');
    await press(page, 'Create');
    const token = await page.locator('.token').innerText();
    expect(token).toMatch(/^tgw_[\w-]{43}$/);
    await shot(page, '10-key-shown-once');
    await follow(page, 'I have copied it');
    await says(page, '2099-12-31 23:59 UTC');

    await follow(page, 'Change dashboard');
    await heading(page, 'Change dashboard');
    expect(await page.getByLabel('sandbox-subaccount').isChecked()).toBe(true);
    await page.getByLabel('sandbox-subaccount').uncheck();
    await shot(page, '17-change-key');
    await press(page, 'Save');
    await says(page, 'It may use no credential, so it can read nothing.');
    await shot(page, '18-key-without-credentials');
    await follow(page, 'Change dashboard');
    await page.getByLabel('sandbox-subaccount').check();
    await press(page, 'Save');
    await says(page, 'The API key "dashboard" was changed.');

    await follow(page, 'Create an API key');
    await page.getByLabel('Name').fill('ops');
    await page.getByLabel('ADMIN: reads with all').check();
    await page.getByLabel('From now on every request needs a key').check();
    await press(page, 'Create');
    const admin = await page.locator('.token').innerText();
    await follow(page, 'I have copied it');
    await heading(page, 'Sign in');
    await page.getByLabel('API key').fill(`${token}x`);
    await press(page, 'Sign in');
    await says(page, 'This key was rejected.');
    await shot(page, '11-login-reader');
    await page.getByLabel('API key').fill(admin);
    await press(page, 'Sign in');
    await heading(page, LIST);
    await shot(page, '12-logged-in');

    await follow(page, 'Revoke dashboard');
    await press(page, 'Revoke dashboard');
    await says(page, 'The API key "dashboard" was revoked.');
    await press(page, 'Sign out');
    await says(page, 'You have signed out.');
  });

  test('an organization app is connected with consent at Twilio', { timeout: 60_000 }, async () => {
    const { sandbox, page, url } = await openWindow(browser, width, 'light', { withConsole: false });
    const redirectUris = [`${url}/oauth/callback`];
    const app = sandbox.addOrganizationApp({ accountSid: sandbox.accounts.parent.sid, redirectUris });
    await page.goto(`${url}/credentials`);
    // With a login, so that the redirect back needs the session's cookie.
    await follow(page, 'Create an API key');
    await page.getByLabel('Name').fill('ops');
    await page.getByLabel('ADMIN: reads with all').check();
    await page.getByLabel('From now on every request needs a key').check();
    await press(page, 'Create');
    const key = await page.locator('.token').innerText();
    await follow(page, 'I have copied it');
    await page.getByLabel('API key').fill(key);
    await press(page, 'Sign in');

    for (const [decision, words] of [
      ['Deny', 'denied'],
      ['Allow', '"organization" was connected.'],
    ] as const) {
      await follow(page, 'Connect an organization app (consent)');
      await page.getByLabel('Nickname').fill('organization');
      await page.getByLabel('Client id').fill(app.clientId);
      await page.getByLabel('Client secret').fill(app.clientSecret);
      if (decision === 'Deny') {
        const code = page.locator('main code');
        expect(await code.innerText()).toBe(redirectUris[0]);
        await code.evaluate((element) => {
          element.textContent = 'http://localhost:4000/oauth/callback';
        });
        await shot(page, '13-connect');
      }
      await press(page, 'Go to Twilio');
      await page.waitForURL(/\/v2\/authorize\?/);
      await press(page, decision);
      await heading(page, LIST);
      await says(page, words);
      expect(page.url()).toBe(`${url}/credentials`);
    }
    await shot(page, '14-connected');
  });
});

test('a credential is added with the keyboard only, in dark mode', { timeout: 60_000 }, async () => {
  const { page, app, url } = await openWindow(browser, 360, 'dark', { withConsole: false });
  await page.goto(`${url}/credentials`);
  await tabTo(page, 'Add a credential');
  await page.keyboard.press('Enter');
  await heading(page, 'Add a credential');
  for (const [label, text] of [
    ['Nickname', 'keyboard'],
    ['Client id', app.clientId],
    ['Client secret', app.clientSecret],
  ] as const) {
    await tabTo(page, label);
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
  await heading(page, 'Review keyboard');
  await picture(page, '15-review-dark');
  await tabTo(page, 'Approve and store');
  await page.keyboard.press('Space');
  await says(page, '"keyboard" was added.');
});
