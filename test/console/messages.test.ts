import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkPage, checkState, WINDOWS } from './axe.ts';
import { clipboard, fragmentOf, openTab, type TabOptions, useBrowser } from './chromium.ts';
import { BUILD, type Console, openConsole } from './gateway.ts';
import { plant, runCurl } from './messages-kit.ts';
import { shoot } from './screenshot.ts';

vi.setConfig({ testTimeout: 60_000 });

const DAY = 86_400_000;
/** A quiet hour before anything that the sandbox adds by itself. */
const SPIKE = Math.floor((Date.now() - 9 * DAY) / DAY) * DAY + 12 * 3_600_000;
const HOSTILE = {
  script: `<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>`,
  bidi: 'Invoice \u202Efdp.exe is attached',
  link: 'Sign in at https://www.pаypаl.com/login now',
  emoji: '👩‍👩‍👧‍👦'.repeat(145),
};

const browser = useBrowser();
let gateway: Console;
let spikeSids: string[];
let hostileSids: string[];
beforeAll(async () => {
  gateway = await openConsole({ messages: 1_500, needsKey: false });
  spikeSids = Array.from({ length: 30 }, (_, index) =>
    plant(gateway.sandbox, SPIKE + index * 60_000, {
      status: 'undelivered',
      error_code: 30003,
      to: '+12125550123',
      from: '+13125550102',
      body: `Spike ${index}`,
    }),
  );
  hostileSids = Object.values(HOSTILE).map((body, index) =>
    plant(gateway.sandbox, SPIKE - 20 * DAY + index * 60_000, {
      body,
      to: '+12125550177',
      from: '+13125550102',
    }),
  );
}, 400_000);
afterAll(async () => {
  await gateway?.close();
});

const open = (hash = '', options?: TabOptions) =>
  openTab(browser(), `${gateway.url}/messages${hash}`, options);
const rows = (page: Page) => page.locator('.table-body [role=row]');
const summary = (page: Page) => page.locator('.list-summary [role=status]');
const has = (page: Page, text: string | RegExp) =>
  expect.poll(() => summary(page).textContent()).toMatch(text);
const ready = (page: Page) => has(page, /\d/);

test('an engineer drags across a failure spike, filters 30003, reads the remedy, and the copied curl returns the message', async () => {
  const page = await open('#range=30d&zone=UTC');
  const chart = page.getByRole('slider');
  await chart.waitFor();
  const { x = 0, y = 0, width = 0 } = (await chart.boundingBox()) ?? {};
  const bars = Number(await chart.getAttribute('aria-valuemax')) + 1;
  const today = bars - 1;
  const index =
    today - Math.round((Math.floor(Date.now() / DAY) * DAY - Math.floor(SPIKE / DAY) * DAY) / DAY);
  const at = (bar: number) => x + ((bar + 0.5) / bars) * width;
  await page.mouse.move(at(index - 1), y + 40);
  await page.mouse.down();
  await page.mouse.move(at(index + 1), y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => fragmentOf(page).get('range')).toMatch(/^\d{4}-.*\.\./);
  const [since = '', until = ''] = fragmentOf(page).get('range')?.split('..') ?? [];
  expect([Date.parse(since) <= SPIKE, Date.parse(until) >= SPIKE]).toEqual([true, true]);

  await page.keyboard.press('/');
  await page.keyboard.type('30003');
  await page.getByRole('option', { name: 'Error code: 30003' }).waitFor();
  await page.keyboard.press('Enter');
  await has(page, /^3\d messages$/);
  await rows(page).getByText('Spike 7', { exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Message' });
  await panel.getByText('Why it failed: Unreachable destination handset (30003)').waitFor();
  await panel
    .getByText(/switched off|unavailable|out of/i)
    .first()
    .waitFor();

  await panel.getByRole('button', { name: 'Use the API' }).click();
  await panel.getByRole('button', { name: 'Copy as curl' }).click();
  await expect.poll(() => clipboard(page)).toMatch(/^curl /);
  const command = await clipboard(page);
  expect(command).not.toMatch(/authorization|cookie|tgw_/i);
  expect(await runCurl(command)).toMatchObject({
    data: { message: { sid: spikeSids[7], status: 'UNDELIVERED' } },
  });
});

test('GraphiQL opens with the query of the screen, and leaves nothing of it in the address', async () => {
  const page = await open(`#with=${encodeURIComponent('+12125550123')}&range=30d`);
  await ready(page);
  await page.getByRole('button', { name: 'Use the API' }).click();
  const popup = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Open in GraphiQL' }).click();
  const graphiql = await popup;
  await graphiql.getByRole('tab', { name: 'Messages' }).first().waitFor();
  await graphiql.getByText('+12125550123').first().waitFor();
  expect(graphiql.url()).toBe(`${gateway.url}/graphql`);
});

test('reload, back and a new tab restore filters, zone, columns and the open message', async () => {
  const page = await open('#range=30d&zone=Asia/Kolkata');
  await ready(page);
  await page.keyboard.press('/');
  await page.keyboard.type('+1 212 555 0123');
  await page.keyboard.press('Enter');
  await has(page, /^3\d messages$/);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'SID' }).check();
  await page.getByRole('checkbox', { name: 'Channel' }).uncheck();
  await page.keyboard.press('Escape');
  await rows(page).first().click();
  const shown = async (one: Page) => ({
    hash: new URL(one.url()).hash,
    rows: await rows(one).first().textContent(),
    token: await one.getByRole('button', { name: 'Person: +12125550123' }).count(),
    columns: await one.getByRole('columnheader').allTextContents(),
    times: await one.locator('.timeline time').first().textContent(),
  });
  await page.locator('.timeline').waitFor();
  const before = await shown(page);
  expect(before.columns).toContain('SID');
  expect(before.columns).not.toContain('Channel');
  expect(before.times).toContain('GMT+5:30');

  await page.reload();
  await page.locator('.timeline').waitFor();
  expect(await shown(page)).toEqual(before);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator('.timeline').waitFor();
  expect(await shown(other)).toEqual(before);
  await page.getByRole('link', { name: 'Open on a page of its own' }).click();
  await page.getByRole('heading', { level: 1, name: 'Message' }).waitFor();
  await page.goBack();
  await page.locator('.side-panel .timeline').waitFor();
  expect(await shown(page)).toEqual(before);
});

describe('a hostile text', () => {
  test('is text: nothing runs, no link can be clicked, hidden characters show', async () => {
    const since = new Date(SPIKE - 20 * DAY - 60_000).toISOString().slice(0, 19);
    const until = new Date(SPIKE - 20 * DAY + 600_000).toISOString().slice(0, 19);
    const page = await open(`#range=${since}Z..${until}Z&with=+12125550177`);
    await has(page, '4 messages');
    for (const [index, sid] of hostileSids.entries()) {
      await page.goto(`${gateway.url}/messages/${gateway.sandbox.accounts.parent.sid}/${sid}`);
      const body = page.getByRole('region', { name: 'Text' }).locator('bdi');
      const text = Object.values(HOSTILE)[index] ?? '';
      await expect.poll(() => body.textContent()).toBe(text.replace('\u202E', 'U+202E'));
      expect(await body.locator('a, img, script').count()).toBe(0);
      await checkPage(page, text.slice(0, 10));
    }
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  });
});

test('a fragment that was edited by hand shows a state with a way forward', async () => {
  const page = await openTab(browser(), 'about:blank', { expected: /status of 4\d\d/ });
  for (const hash of [
    '#%',
    '#range=soon&status=nonsense&zone=Mars/Olympus&cols=x&panel=..%2F..',
    `#panel=AC${'0'.repeat(32)}/SM${'0'.repeat(32)}`,
    `#account=AC${'0'.repeat(32)}`,
    '#with=not-a-number&range=1h',
    '#range=2001-01-01T00:00:00Z..2001-02-01T00:00:00Z',
    `#text=${'x'.repeat(9_000)}`,
    '#__proto__=1&constructor=2&range=2099-01-01T00:00:00Z..',
  ]) {
    await page.goto('about:blank');
    await page.goto(`${gateway.url}/messages${hash}`);
    await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor();
    await page.locator('.table-body [role=row], .state button, .state a').first().waitFor();
    await page.getByRole('combobox', { name: /Filter by/ }).waitFor();
  }
});

test('an unknown message, account and screen each say so', async () => {
  const { parent } = gateway.sandbox.accounts;
  const address = `${gateway.url}/messages/${parent.sid}/SM${'0'.repeat(32)}`;
  const page = await openTab(browser(), address, { expected: /status of 4\d\d/ });
  await page.getByText('This message is gone').waitFor();
  await checkState(page, 'unknown message');
  await page.goto(`${gateway.url}/messages/AC${'0'.repeat(32)}/SM${'0'.repeat(32)}`);
  await page.getByText('There is no credential for this').waitFor();
  await checkState(page, 'unknown account');
  await page.goto(`${gateway.url}/messages/nonsense/nonsense`);
  await page.getByText('Something in the address is not valid').waitFor();
  await checkState(page, 'invalid address');
  await page.goto(`${gateway.url}/messages/any/${spikeSids[0]}`);
  await page.getByText('Why it failed').waitFor();
  expect(page.url()).toContain(`/messages/${parent.sid}/`);
  await page.goto(`${gateway.url}/messages/a/b/c`);
  await page.getByText('There is no screen at this address').waitFor();
  await checkState(page, 'unknown screen');
});

test('a gateway that stops is a state; the page goes on when it is back', async () => {
  const page = await open('#range=30d', { expected: /ERR_CONNECTION_REFUSED|status of/ });
  await ready(page);
  await gateway.stop();
  await page.keyboard.press('r');
  await page.getByText('The gateway does not respond').first().waitFor();
  await checkState(page, 'a gateway that stopped');
  await gateway.restart();
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).last().click();
  await rows(page).first().waitFor();
});

test('everything by keyboard alone', async () => {
  const page = await open('#range=30d&zone=UTC');
  await ready(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  await page.keyboard.press('/');
  await page.keyboard.type('undel');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Status: Undelivered' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.message-list.dimmed').count()).toBe(0);
  for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
  await page.keyboard.press('c');
  await expect.poll(() => clipboard(page)).toMatch(/^SM/);
  const sid = await clipboard(page);
  await page.keyboard.press('Enter');
  await expect.poll(() => fragmentOf(page).get('panel')).toMatch(new RegExp(`/${sid}$`));
  await page.locator('.timeline').waitFor();
  await page.keyboard.press('j');
  await expect.poll(() => fragmentOf(page).get('panel')).not.toMatch(new RegExp(`/${sid}$`));
  await page.keyboard.press('Escape');
  await expect.poll(() => fragmentOf(page).get('panel')).toBeNull();
  // To the status: an error code may be missing.
  for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('f');
  await expect.poll(() => fragmentOf(page).get('error')).toMatch(/^\d{5}$/);
  await page.keyboard.press('y');
  await expect.poll(() => clipboard(page)).toMatch(/^http.*#.*range=\d{4}-\d\d-\d\dT.*\.\.\d{4}/);
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.waitFor();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'CSV' }).press('Enter');
  expect(readFileSync(await (await download).path(), 'utf8')).toMatch(/^sid,|sid/);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Next message').waitFor();
  await page.getByRole('checkbox', { name: /Single letters/ }).press('Space');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(spikeSids[3] ?? '');
  await page.keyboard.press('Enter');
  await page.getByText('Why it failed').waitFor();
});

test('no message matches: one condition can be removed', async () => {
  const page = await open('#status=read&error=30003&range=7d');
  await page.getByText('No message matches all of these filters').waitFor();
  await has(page, /^0 messages$/);
  await page.getByRole('button', { name: 'Remove Error code' }).last().click();
  await expect.poll(() => fragmentOf(page).get('error')).toBeNull();
});

describe.each(WINDOWS)('%s, %i px wide, axe finds nothing wrong with', (scheme, width) => {
  test('the list, the open message, the menus and the empty list', async () => {
    const page = await open('#outcome=failed&range=30d', { scheme, width });
    await rows(page).first().waitFor();
    await page.getByRole('slider').waitFor();
    await checkPage(page, 'list');
    await shoot(page, 'messages');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: 'Country' }).waitFor();
    await checkPage(page, 'menu');
    await page.keyboard.press('Escape');
    await rows(page).first().click();
    await page.locator('.timeline').waitFor();
    await checkPage(page, 'panel');
    await shoot(page, 'messages with a message');
    await page.goto(`${gateway.url}/messages/${gateway.sandbox.accounts.parent.sid}/${spikeSids[0]}`);
    await page.locator('.timeline').waitFor();
    await checkPage(page, 'message');
    await shoot(page, 'a message');
    await page.goto(`${gateway.url}/messages#status=read&error=30003&range=1h`);
    await page.getByText('No message matches').waitFor();
    await checkPage(page, 'empty');
    await shoot(page, 'messages without a match');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await checkPage(page, 'help');
    await shoot(page, 'help');
  });
});

test('the sizes are within their budgets', () => {
  const assets = readdirSync(join(BUILD, 'assets')).filter((name) => name.endsWith('.gz'));
  const kib = (name: string) => statSync(join(BUILD, 'assets', name)).size / 1_024;
  const page = readFileSync(join(BUILD, 'index.html'), 'utf8');
  const isInitial = (name: string) => page.includes(name.replace(/\.gz$/, ''));
  const sum = (names: string[]) => names.reduce((total, name) => total + kib(name), 0);
  const scripts = assets.filter((name) => name.endsWith('.js.gz'));
  const figures = {
    'initial script': [sum(scripts.filter(isInitial)), 180],
    'largest further chunk': [Math.max(...scripts.filter((name) => !isInitial(name)).map(kib)), 30],
    'all styles': [sum(assets.filter((name) => name.endsWith('.css.gz'))), 12],
  } as const;
  for (const [name, [size, budget]] of Object.entries(figures)) {
    process.stdout.write(`  ${name}: ${size.toFixed(1)} KiB of ${budget}\n`);
    expect.soft(size, name).toBeLessThanOrEqual(budget);
  }
});

test('after all this, the log of requests has no phone number', () => {
  const log = gateway.lines.join('\n');
  expect(gateway.lines.length).toBeGreaterThan(50);
  expect(log).not.toMatch(/\+\d{6,}|%2B\d{6,}|2125550123/);
});
