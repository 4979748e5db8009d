import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listeningGateway } from '../docs/running.ts';
import { openBrowser } from '../page/browser.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

test('GraphiQL runs under its policy, which stops any other script', async () => {
  await using gateway = await listeningGateway();
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  const response = await page.goto(gateway.url);
  expect(response?.headers()['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'sha256-.*frame-ancestors 'none'$/,
  );
  await page.getByRole('button', { name: /execute/i }).click();
  await page.getByText('"accountSid"').first().waitFor();
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
