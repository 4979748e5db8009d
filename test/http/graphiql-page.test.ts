import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { openBrowser } from '../console/chromium.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';
import { listening } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

/** A page in a browser profile of its own. */
async function open(url: string, width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function closed() {
  const kit = await createManagedKit();
  await kit.addCredential('support');
  const { url, close } = await listen(kit.gateway, '127.0.0.1', 0);
  onTestFinished(() => close(0));
  return `${url}/graphql`;
}

const status = (page: Page) => page.getByRole('status');
const run = (page: Page) => page.getByRole('button', { name: /execute/i }).click();
const tabs = (page: Page) => page.getByRole('tab').allTextContents();

/** Replaces the text of the header editor. */
async function pasteHeaders(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Headers' }).click();
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  // The editor closes the brace too.
  await page.keyboard.press('Delete');
}

test('opens on recent messages, and says who the caller is', async () => {
  const page = await open((await listening()).graphql);
  await expect.poll(() => status(page).textContent()).toBe('Signed in as local (ADMIN)');
  await run(page);
  await page.getByText('"outcome"').first().waitFor();
  expect((await tabs(page))[0]).toMatch(/^RecentMessages/);
  expect((await tabs(page)).length).toBe(7);
});

test('edited tabs survive a reload, and no query is in the address', async () => {
  const page = await open((await listening()).graphql);
  await page
    .getByRole('button', { name: 'NextPage' })
    .or(page.getByRole('tab', { name: 'NextPage' }))
    .first()
    .click();
  await page.getByRole('textbox').first().click({ force: true });
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('\nquery Mine { viewer { name } }');
  await expect.poll(() => page.evaluate(() => localStorage.getItem('graphiql:tabState'))).toContain('Mine');
  const before = await tabs(page);
  await page.reload();
  await page.getByText('Mine').first().waitFor();
  expect(await tabs(page)).toEqual(before);
  expect(new URL(page.url()).search).toBe('');
});

test('a schema that cannot load says why; a pasted key loads it, also after a reload', async () => {
  const page = await open(await closed());
  await expect
    .poll(() => status(page).textContent())
    .toMatch(/cannot load: Authentication required.*Paste a key/);

  await pasteHeaders(page, '{ "Authorization": "Bearer tgw_wrong" }');
  await page.getByRole('button', { name: /re-fetch/i }).click();
  await expect.poll(() => status(page).textContent()).toMatch(/cannot load: This key is unknown/);

  await pasteHeaders(page, `{ "Authorization": "Bearer ${ADMIN_KEY}" }`);
  // GraphiQL takes over what was typed a moment later.
  await expect
    .poll(
      async () => {
        await run(page);
        return status(page).textContent();
      },
      { interval: 500 },
    )
    .toMatch(/^Signed in as .*ADMIN/);

  await page.reload();
  await expect.poll(() => status(page).textContent()).toMatch(/^Signed in as/);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(ADMIN_KEY);

  await page.getByRole('button', { name: 'Forget the key' }).click();
  await expect.poll(() => status(page).textContent()).toMatch(/Authentication required/);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('a click changes the tab, and a key pasted in one tab is sent from the others', async () => {
  const page = await open(await closed());
  await expect.poll(() => status(page).textContent()).toMatch(/cannot load/);
  await pasteHeaders(page, `{ "Authorization": "Bearer ${ADMIN_KEY}" }`);
  await run(page);
  await expect.poll(() => status(page).textContent()).toMatch(/^Signed in as/);
  const response = page.waitForResponse(
    (one) => one.request().postDataJSON()?.operationName === 'FailedMessages',
  );
  await page.getByRole('button', { name: 'FailedMessages' }).click();
  await run(page);
  const request = (await response).request();
  expect(request.headers()).toMatchObject({ authorization: `Bearer ${ADMIN_KEY}` });
  expect(await (await response).json()).toMatchObject({ data: { messages: { nodes: expect.any(Array) } } });
});

test('names the session only if no key is given, and sends no hint', async () => {
  const page = await open('about:blank');
  const sent: Record<string, string>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.headers());
  });
  await page.goto(await closed());
  await expect.poll(() => sent.length).toBeGreaterThan(0);
  expect(sent[0]).toMatchObject({ 'x-gateway-session': '1' });
  expect(sent[0]).not.toHaveProperty('authorization');
  await pasteHeaders(page, `{ "Authorization": "Bearer ${ADMIN_KEY}" }`);
  await run(page);
  await expect.poll(() => status(page).textContent()).toMatch(/^Signed in as/);
  expect(sent.at(-1)).toHaveProperty('authorization');
  expect(sent.at(-1)).not.toHaveProperty('x-gateway-session');
});

test('a gateway that has stopped is named on the page', async () => {
  const page = await open((await listening()).graphql);
  await expect.poll(() => status(page).textContent()).toMatch(/^Signed in/);
  await page.context().setOffline(true);
  await run(page);
  await expect.poll(() => status(page).textContent()).toMatch(/cannot be reached/);
});

/** Rules that GraphiQL's own elements break: its tabs have a close button inside. */
const KNOWN = ['nested-interactive'];

test.each([1280, 360])(
  'at %i px the page is as wide as the window, and axe finds nothing of ours',
  async (width) => {
    const page = await open((await listening()).graphql, width);
    await expect.poll(() => status(page).textContent()).toMatch(/^Signed in/);
    await run(page);
    await page.getByText('"messages"').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // A page's policy does not hold for what a debugger evaluates.
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => ({
          id,
          target: String(target),
          isGraphiql: document.querySelector(String(target))?.closest('.graphiql-container') != null,
        })),
      );
    });
    expect(violations.filter(({ isGraphiql }) => !isGraphiql)).toEqual([]);
    expect([...new Set(violations.map(({ id }) => id))].filter((id) => !KNOWN.includes(id))).toEqual([]);
  },
);
