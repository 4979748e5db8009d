import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { listen } from '../../src/http/listen.ts';
import type { Kit } from '../kit.ts';
import { openBrowser } from './browser.ts';
import { watch } from './complaints.ts';

/** What `console/build.ts` makes; the tests' global setup runs it. */
export const BUILD = join(import.meta.dirname, '../../dist/console');

const problems: string[] = [];

// A screen may look right although a script failed or the policy blocked something: that fails the test.
afterEach(() => {
  expect(problems.splice(0), 'errors in the browser').toEqual([]);
});

/** One browser for all tests of a file. @param args of its command line */
export function useBrowser(args: readonly string[] = []): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser(args);
  }, 120_000);
  afterAll(() => browser?.close());
  return () => {
    if (!browser) throw new Error('The browser is not open yet.');
    return browser;
  };
}

/** Serves the console of a gateway on a free port, until the test ends. */
export async function serve({ gateway }: Kit): Promise<string> {
  const { url, close } = await listen(gateway, '127.0.0.1', 0, DEFAULT_LIMITS);
  onTestFinished(async () => {
    await close(0);
    await gateway.close();
  });
  return url;
}

export interface TabOptions extends BrowserContextOptions {
  /** Errors in the browser's console that the test brings about, e.g. of requests while it is offline. */
  readonly expected?: RegExp;
}

/** Opens a tab with a profile of its own. Errors, warnings and violations of the page's policy fail the test. */
export async function openTab(browser: Browser, address: string, options: TabOptions = {}): Promise<Page> {
  const { expected, ...profile } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...profile,
  });
  onTestFinished(() => context.close());
  const note = (text: string) => void (expected?.test(text) || problems.push(text));
  await watch(context, note);
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Presses Tab until a role with a name has the focus. */
export async function tabTo(page: Page, name: RegExp, presses = 60): Promise<void> {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
    if (name.test(focused)) return;
  }
  throw new Error(`Tab does not lead to ${name} at ${page.url()}`);
}
