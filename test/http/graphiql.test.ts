import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../console/chromium.ts';
import { listeningGateway } from '../docs/running.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

test('GraphiQL runs under its Content-Security-Policy, which blocks any other script', async () => {
  await using gateway = await listeningGateway();
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  const response = await page.goto(gateway.url);
  expect(response?.headers()['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
  );
  await page.getByRole('button', { name: /execute/i }).click();
  await page.getByText('"outcome"').first().waitFor();
  // The editor validates its text in workers.
  const editor = page.getByRole('textbox').first();
  await editor.click({ force: true });
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('query Wrong { nowhere } ');
  await expect.poll(() => page.locator('.squiggly-error').count(), { timeout: 20_000 }).toBeGreaterThan(0);
  const workers = page.workers().map((worker) => new URL(worker.url()).pathname);
  expect(workers).toContainEqual(expect.stringMatching(/^\/graphiql\/graphql-worker\./));
  expect(workers.filter((path) => !path.startsWith('/graphiql/'))).toEqual([]);
  expect(problems).toEqual([]);

  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.planted = true';
    document.body.append(script);
    return 'planted' in window;
  });
  expect(ran).toBe(false);
  expect(problems).toEqual([expect.stringContaining('Content Security Policy')]);
}, 60_000);

test('GraphiQL is loaded once: a second visit takes everything but the page from the cache', async () => {
  await using gateway = await listeningGateway();
  const context = await browser.newContext();
  const visit = async () => {
    const page = await context.newPage();
    await page.goto(gateway.url);
    await page.getByRole('button', { name: /execute/i }).waitFor();
    // The editor's workers load last.
    await page.waitForFunction(() =>
      ['editor-worker', 'graphql-worker'].every((file) =>
        (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).some(
          ({ name, responseEnd }) => name.includes(file) && responseEnd > 0,
        ),
      ),
    );
    const transferred = await page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name, transferSize }) => name.includes('/graphiql/') && transferSize > 0)
        .map(({ name, transferSize }) => `${name.replace(/.*\//, '')}: ${transferSize} bytes`),
    );
    await page.close();
    return transferred;
  };
  expect((await visit()).length).toBeGreaterThan(2);
  expect(await visit()).toEqual([]);
  await context.close();
}, 60_000);
