import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkScreen } from './axe.ts';
import { openTab, type TabOptions, tabTo, useBrowser } from './chromium.ts';
import { type ConsoleOptions, openConsole } from './gateway.ts';

const browser = useBrowser();

/** A gateway that needs no key, with one credential in the settings, an app that is none yet, and a tab. */
async function open(options: ConsoleOptions = {}, tab: TabOptions = {}) {
  const gateway = await openConsole({ messages: 20, credentials: [1], needsKey: false, ...options });
  onTestFinished(gateway.close);
  const { sandbox } = gateway;
  const app = sandbox.addApp({ accountSid: sandbox.accounts.parent.sid });
  // Some steps expect the status 401, and some that the gateway is away.
  const expected = /the server responded with a status of|net::ERR_FAILED/;
  const page = await openTab(browser(), 'about:blank', { expected, ...tab });
  return { ...gateway, app, page };
}

const press = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true }).click();
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const says = (page: Page | Locator, text: string) => page.getByText(text).first().waitFor();
const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true });

async function type(form: Locator, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await form.getByLabel(label).fill(text);
}

describe('an administrator', () => {
  test('adds, reviews, renames, rotates, checks and removes a credential', { timeout: 90_000 }, async () => {
    const { page, app, url, store, sandbox, lines } = await open();
    await page.goto(`${url}/admin`);
    await page.waitForURL(`${url}/admin/credentials`);
    const fixed = card(page, 'sandbox-subaccount');
    await says(fixed, 'Of the sandbox');
    await says(fixed, 'OK');
    await says(fixed, sandbox.accounts.active.friendlyName);
    await checkScreen(page, 'credentials');

    await press(page, 'Add a credential');
    const form = dialog(page, 'Add a credential');
    await type(form, { Nickname: 'support', 'Client id': app.clientId, 'Client secret': 'x'.repeat(32) });
    await checkScreen(page, 'add a credential');
    await press(form, 'Check');
    await form.getByRole('alert').waitFor();
    expect(await store.list()).toHaveLength(1);
    // A taken nickname is rejected before the review.
    await type(form, { Nickname: 'SANDBOX-subaccount', 'Client secret': app.clientSecret });
    await press(form, 'Check');
    await says(form, 'Choose another nickname');
    await type(form, { Nickname: 'support' });
    await press(form, 'Check');
    const review = dialog(page, 'Review support');
    await says(review, sandbox.accounts.parent.sid);
    await says(review, 'list messages');
    await checkScreen(page, 'review a credential');
    expect(await store.list()).toHaveLength(1);
    await press(review, 'Approve and store');
    const support = card(page, 'support');
    await says(support, 'OK');
    expect(await store.list()).toHaveLength(2);

    await press(support, 'Rename support');
    await type(dialog(page, 'Rename support'), { Nickname: 'sandbox-subaccount' });
    await press(dialog(page, 'Rename support'), 'Rename');
    await dialog(page, 'Rename support').getByRole('alert').waitFor();
    await type(dialog(page, 'Rename support'), { Nickname: 'desk' });
    await press(dialog(page, 'Rename support'), 'Rename');
    const desk = card(page, 'desk');
    await desk.waitFor();

    await press(desk, 'Rotate secret of desk');
    const rotate = dialog(page, 'Rotate the secret of desk');
    await type(rotate, { 'New client secret': 'y'.repeat(32) });
    await press(rotate, 'Check and rotate');
    await rotate.getByRole('alert').waitFor();
    const secret = sandbox.rotateSecret(app.clientId);
    await type(rotate, { 'New client secret': secret });
    await press(rotate, 'Check and rotate');
    await rotate.waitFor({ state: 'detached' });

    await press(desk, 'Recheck desk');
    await says(page, 'desk was checked');
    await press(desk, 'Remove desk');
    await says(dialog(page, 'Remove desk?'), 'every API key loses');
    await checkScreen(page, 'remove a credential');
    await press(dialog(page, 'Remove desk?'), 'Remove desk');
    await desk.waitFor({ state: 'detached' });
    expect(await store.list()).toHaveLength(1);
    const html = await page.content();
    for (const planted of [app.clientSecret, secret]) {
      expect(html).not.toContain(planted);
      expect(lines.join('')).not.toContain(planted);
    }
  });

  test('creates keys, closes the gateway, signs in, and revokes', { timeout: 90_000 }, async () => {
    const { page, url, store } = await open();
    await page.goto(`${url}/admin/keys`);
    await says(page, 'There is no API key yet');
    await checkScreen(page, 'no keys');
    await page.getByRole('button', { name: 'Create a key' }).first().click();
    const form = dialog(page, 'Create an API key');
    await type(form, { Name: 'dashboard', 'Expires after': '2099-12-31' });
    await form.getByLabel('Phone numbers and other addresses').selectOption('LAST_FOUR');
    await checkScreen(page, 'create a key');
    await press(form, 'Create');
    const shown = dialog(page, 'The API key dashboard');
    expect(await shown.locator('.token').innerText()).toMatch(/^tgw_[\w-]{43}$/);
    await says(shown, 'so it can read nothing');
    await checkScreen(page, 'a key shown once');
    await press(shown, 'I have copied it');
    await says(page, 'None: it can read nothing');
    await says(page, 'last four digits');
    await checkScreen(page, 'keys');
    expect(await page.content()).not.toMatch(/tgw_[\w-]{43}/);

    await press(page, 'Change dashboard');
    const change = dialog(page, 'Change dashboard');
    await change.getByLabel('sandbox-subaccount').check();
    await press(change, 'Save');
    await page.getByRole('cell', { name: 'sandbox-subaccount' }).waitFor();
    expect(await store.listApiKeys()).toMatchObject([
      {
        name: 'dashboard',
        fieldPolicy: { addresses: 'LAST_FOUR' },
        dateExpires: new Date('2099-12-31T23:59:59.999Z'),
      },
    ]);

    await press(page, 'Create a key');
    await type(form, { Name: 'ops' });
    await form.getByLabel('Role').selectOption('ADMIN');
    expect(await form.getByRole('button', { name: 'Create', exact: true }).isDisabled()).toBe(true);
    await form.getByLabel('Close the gateway').check();
    await press(form, 'Create');
    const token = await dialog(page, 'The API key ops').locator('.token').innerText();
    await press(page, 'I have copied it');

    // The gateway is closed now: the console asks for the key, and goes on.
    const signIn = dialog(page, 'Sign in to go on');
    await type(signIn, { 'API key': token });
    await press(signIn, 'Sign in');
    await dialog(page, 'Sign in to go on').waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'ops', exact: true }).waitFor();
    await press(page, 'Revoke dashboard');
    await press(dialog(page, 'Revoke dashboard?'), 'Revoke dashboard');
    await page.getByRole('cell', { name: 'dashboard', exact: true }).waitFor({ state: 'detached' });
    expect((await store.listApiKeys()).map(({ name }) => name)).toEqual(['ops']);
  });

  test('connects an organization app by consent at Twilio', { timeout: 90_000 }, async () => {
    const { sandbox, page, url } = await open();
    const app = sandbox.addOrganizationApp({
      accountSid: sandbox.accounts.parent.sid,
      redirectUris: [`${url}/oauth/callback`],
    });
    await page.goto(`${url}/admin/credentials`);
    for (const [decision, words] of [
      ['Deny', 'Consent was denied at Twilio.'],
      ['Allow', 'The app is connected.'],
    ] as const) {
      await press(page, 'Connect by consent');
      const form = dialog(page, 'Connect an organization app');
      await type(form, {
        Nickname: 'organization',
        'Client id': app.clientId,
        'Client secret': app.clientSecret,
      });
      await says(form, `${url}/oauth/callback`);
      await press(form, 'Go to Twilio');
      await page.waitForURL(/\/v2\/authorize\?/);
      await press(page, decision);
      await says(page, words);
      expect(new URL(page.url()).pathname).toBe('/admin/credentials');
    }
    await says(card(page, 'organization'), 'Organization app, by consent');
    await checkScreen(page, 'after a consent');
  });

  test('keeps a copy of a history, pauses it, and erases it by typing its name', {
    timeout: 90_000,
  }, async () => {
    const { page, url } = await open({ history: 'synced' });
    await page.goto(`${url}/admin/history`);
    const copy = card(page, 'sandbox-subaccount');
    await says(copy, 'Off');
    await checkScreen(page, 'history off');
    await press(copy, 'Keep a copy sandbox-subaccount');
    const form = dialog(page, 'Keep a copy of sandbox-subaccount');
    await type(form, { 'Days to keep messages': '9999' });
    await press(form, 'Start copying');
    await form.getByRole('alert').waitFor();
    await type(form, { 'Days to keep messages': '' });
    await press(form, 'Start copying');
    await copy.getByText('Current', { exact: true }).waitFor();
    await checkScreen(page, 'history current');
    await press(copy, 'Pause sandbox-subaccount');
    await copy.getByText('Paused', { exact: true }).waitFor();
    await press(copy, 'Resume sandbox-subaccount');
    await copy.getByText('Paused', { exact: true }).waitFor({ state: 'detached' });
    await press(copy, 'Erase sandbox-subaccount');
    const erase = dialog(page, 'Erase the copy of sandbox-subaccount?');
    expect(await erase.getByRole('button', { name: 'Erase the copy' }).isDisabled()).toBe(true);
    await type(erase, { 'Type sandbox-subaccount to confirm': 'sandbox' });
    expect(await erase.getByRole('button', { name: 'Erase the copy' }).isDisabled()).toBe(true);
    await type(erase, { 'Type sandbox-subaccount to confirm': 'sandbox-subaccount' });
    await checkScreen(page, 'erase a history');
    await press(erase, 'Erase the copy');
    await copy.getByText('Off', { exact: true }).waitFor();
  });

  test('publishes and retires documents, and reads the audit', { timeout: 90_000 }, async () => {
    const { page, url, addKey } = await open();
    await page.goto(`${url}/admin/documents`);
    await says(page, 'ExportMessages');
    await checkScreen(page, 'documents');
    await press(page, 'Publish a document');
    const form = dialog(page, 'Publish a document');
    await type(form, { Document: 'query Broken { nothing }' });
    await press(form, 'Check and publish');
    await form.getByRole('alert').waitFor();
    await type(form, { Document: 'query WhoAmI { viewer { name } }' });
    await press(form, 'Check and publish');
    await form.waitFor({ state: 'detached' });
    await page.getByLabel('Source').selectOption('PUBLISHED');
    expect(page.url()).toContain('#source=PUBLISHED');
    await press(page, 'Show WhoAmI');
    await says(dialog(page, 'WhoAmI'), 'query WhoAmI');
    await checkScreen(page, 'a document');
    await press(dialog(page, 'WhoAmI'), 'Close');
    // For chosen callers only.
    await addKey('READER', { name: 'wallboard' });
    await page.reload();
    await press(page, 'Publish a document');
    await type(form, { Document: 'query Wall { viewer { role } }' });
    await form.getByLabel('Who may run it').selectOption('KEYS');
    expect(await form.getByRole('button', { name: 'Check and publish' }).isDisabled()).toBe(true);
    await form.getByLabel('wallboard').check();
    await checkScreen(page, 'publish a document');
    await press(form, 'Check and publish');
    await form.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /^Wall .*wallboard/ }).waitFor();
    await press(page, 'Retire Wall');
    await press(dialog(page, 'Retire Wall?'), 'Retire Wall');
    await page.getByRole('row', { name: /^Wall / }).waitFor({ state: 'detached' });
    await press(page, 'Retire WhoAmI');
    await press(dialog(page, 'Retire WhoAmI?'), 'Retire WhoAmI');
    await says(page, 'There are no such documents');

    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('cell', { name: 'documents.retire' }).first().waitFor();
    await checkScreen(page, 'audit');
    await page.getByLabel('Action, e.g. messages.read').fill('documents.publish');
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: 'documents.retire' }).first().waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'documents.publish' }).first().waitFor();
    await page.reload();
    await page.getByRole('cell', { name: 'documents.publish' }).first().waitFor();
    await page.getByLabel('Actor').fill('nobody');
    await press(page, 'Filter');
    await says(page, 'No entry matches');
    await checkScreen(page, 'empty audit');
  });
});

test('all of it works with the keyboard alone, in a narrow window and in dark', {
  timeout: 90_000,
}, async () => {
  const { page, app, url, store } = await open({}, { width: 360, scheme: 'dark' });
  await page.goto(`${url}/admin/credentials`);
  await card(page, 'sandbox-subaccount').waitFor();
  await tabTo(page, 'Add a credential');
  await page.keyboard.press('Enter');
  await dialog(page, 'Add a credential').waitFor();
  // The first field has the focus.
  await page.keyboard.type('keyboard');
  await tabTo(page, 'Client id');
  await page.keyboard.type(app.clientId);
  await tabTo(page, 'Client secret');
  await page.keyboard.type(app.clientSecret);
  await page.keyboard.press('Enter');
  await dialog(page, 'Review keyboard').waitFor();
  await tabTo(page, 'Approve and store');
  await page.keyboard.press('Space');
  await card(page, 'keyboard').waitFor();

  await tabTo(page, 'Remove keyboard');
  await page.keyboard.press('Enter');
  await dialog(page, 'Remove keyboard?').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page, 'Remove keyboard?').waitFor({ state: 'detached' });
  expect(await store.list()).toHaveLength(2);
  await tabTo(page, 'API keys');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor();
  await tabTo(page, 'Create a key');
  await page.keyboard.press('Enter');
  await dialog(page, 'Create an API key').waitFor();
  await page.keyboard.type('by keyboard');
  await page.keyboard.press('Enter');
  await dialog(page, 'The API key by keyboard').waitFor();
  await tabTo(page, 'I have copied it');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'by keyboard', exact: true }).waitFor();
});

test('a reader sees why the administration is not for them, and reads nothing of it', {
  timeout: 60_000,
}, async () => {
  const { page, url, addKey } = await open();
  await addKey('ADMIN');
  const { token } = await addKey('READER');
  // The fragment holds the place, and never reaches the gateway.
  await page.goto(`${url}/login?next=/admin/keys#zone=Asia/Kolkata`);
  await page.getByLabel('API key').fill(token);
  await press(page, 'Sign in');
  await says(page, 'This is for administrators');
  expect(page.url()).toBe(`${url}/admin/keys#zone=Asia/Kolkata`);
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.postData() ?? ''));
  for (const path of ['credentials', 'keys', 'history', 'documents', 'audit']) {
    await page.goto(`${url}/admin/${path}`);
    await says(page, 'This is for administrators');
  }
  await checkScreen(page, 'for administrators');
  expect(await page.getByRole('link', { name: 'Admin', exact: true }).count()).toBe(0);
  expect(await page.content()).not.toMatch(/sandbox-subaccount|a ADMIN/);
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: 'tgw_session', httpOnly: true, sameSite: 'Lax' },
  ]);
  // The role is checked by the gateway, too.
  const body = sent.find((one) => one.includes('documentId')) ?? '{}';
  expect(body).toContain('documentId');
});

test('a gateway that is away, and one that fails, are states with a way forward', {
  timeout: 60_000,
}, async () => {
  const { page, url } = await open();
  await page.goto(`${url}/admin/credentials`);
  await card(page, 'sandbox-subaccount').waitFor();
  await page.route('**/graphql', (route) => route.abort());
  await page.getByRole('link', { name: 'Audit' }).click();
  await says(page, 'The gateway does not respond');
  await checkScreen(page, 'offline');
  await page.unroute('**/graphql');
  await press(page, 'Try again');
  await says(page, 'There is no entry yet');
});
