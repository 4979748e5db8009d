import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { listen } from '../../src/http/listen.ts';
import { rfc2822 } from '../../src/sandbox/dates.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Kit } from '../kit.ts';
import { watch } from './complaints.ts';

/** What `console/build.ts` makes; the tests' global setup runs it. */
export const BUILD = fileURLToPath(new URL('../../dist/console', import.meta.url));

/** A gateway that can be stopped, and started again at the same address. */
export async function serveConsole({ gateway }: Pick<Kit, 'gateway'>) {
  let listening = await listen(gateway, 'localhost', 0, DEFAULT_LIMITS);
  const { url } = listening;
  return {
    url,
    stop: () => listening.close(0),
    async restart() {
      listening = await listen(gateway, 'localhost', Number(new URL(url).port), DEFAULT_LIMITS);
    },
  };
}

export interface WindowOptions {
  /** @default 1280 */
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Complaints that the test brings about. */
  readonly expected?: RegExp;
}

/** A window of its own. Anything that a script, the policy or the console complains about fails the test. */
export async function openWindow(
  browser: Browser,
  { width = 1280, scheme = 'light', expected }: WindowOptions = {},
) {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const complaints: string[] = [];
  const note = (text: string) => void (expected?.test(text) || complaints.push(text));
  await watch(context, note);
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  return context;
}

export async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

export const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

export const fragmentOf = (page: Page): URLSearchParams =>
  new URLSearchParams(new URL(page.url()).hash.slice(1));

/** Sends what a copied curl command sends: a shell makes its arguments. */
export async function runCurl(command: string, key = ''): Promise<unknown> {
  const script = command.replace(/^curl/, 'printf "%s\\0"');
  const env = { GATEWAY_KEY: key };
  const [url = '', ...words] = execFileSync('sh', ['-c', script], { env })
    .toString()
    .split('\0')
    .slice(0, -1);
  const valuesOf = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const headers = valuesOf('-H').map((line) => line.split(': ', 2) as [string, string]);
  const response = await fetch(url, { method: 'POST', headers, body: valuesOf('-d')[0] ?? '' });
  return response.json();
}

/** Adds a message of a minute to the parent account. */
export function plant(sandbox: Sandbox, at: number, message: Record<string, unknown>): string {
  const date = rfc2822(Math.floor(at / 1_000));
  return sandbox.addMessage('parent', { date_created: date, date_sent: date, ...message } as never).sid;
}
