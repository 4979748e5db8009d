import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Prevents the browser's own network requests. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Finds PLAYWRIGHT's own Chromium, else the system's, else installs one with apt. @param args of its command line */
export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = find() ?? (await install());
  return chromium.launch({ executablePath, args: [...QUIET, ...args] });
}

function find(): string | undefined {
  return [chromium.executablePath(), ...INSTALLED].find((path) => existsSync(path));
}

async function install(): Promise<string> {
  const apt = (...args: string[]) => promisify(execFile)('apt-get', args, { timeout: 300_000 });
  const bring = () => apt('install', '-y', 'chromium');
  // A new machine has no package lists yet.
  await bring().catch(() =>
    apt('update')
      .then(bring)
      .catch(() => {}),
  );
  const found = find();
  if (found) return found;
  throw new Error(
    'There is no Chromium to test the page with. Install one: npx playwright-core install chromium, or apt-get install chromium',
  );
}

/** One browser for all tests of a file. @param args of its command line */
export function useBrowser(args: readonly string[] = []): () => Browser {
  let browser: Browser | undefined;
  // Longer than it takes to install one.
  beforeAll(async () => {
    browser = await openBrowser(args);
  }, 400_000);
  afterAll(() => browser?.close());
  return () => {
    if (!browser) throw new Error('The browser is not open yet.');
    return browser;
  };
}

export interface TabOptions extends BrowserContextOptions {
  /** @default 1280 */
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** @default 'Europe/Berlin' */
  readonly zone?: string;
  /** Errors that the test brings about, e.g. of requests while the gateway is away. */
  readonly expected?: RegExp;
}

/**
 * Opens a tab with a profile of its own, which ends with the test. Errors, warnings and violations of the page's policy fail the
 * test: a screen may look right nevertheless.
 */
export async function openTab(browser: Browser, address: string, options: TabOptions = {}): Promise<Page> {
  const { width = 1280, scheme = 'light', zone = 'Europe/Berlin', expected, ...profile } = options;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: zone,
    permissions: ['clipboard-read', 'clipboard-write'],
    ...profile,
  });
  const complaints: string[] = [];
  onTestFinished(async () => {
    await context.close();
    expect(complaints, 'errors in the browser').toEqual([]);
  });
  await watch(context, (text) => void (expected?.test(text) || complaints.push(text)));
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/**
 * Passes on what a browser complains about: errors of scripts, errors and warnings in its console, and what the page's policy blocked.
 * A screen may look right nevertheless.
 */
export async function watch(context: BrowserContext, note: (complaint: string) => void): Promise<void> {
  context.on('weberror', (failure) => note(String(failure.error())));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(message.text());
  });
  await context.exposeFunction('noteViolation', note);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      (globalThis as unknown as { noteViolation: (text: string) => void }).noteViolation(
        `The policy blocked ${violatedDirective} ${blockedURI}`,
      ),
    );
  });
}

/** Records what a tab receives from now on, but for the files of the console. @returns addresses and bodies of all responses */
export function record(page: Page): () => Promise<string[]> {
  const received: Promise<string>[] = [];
  page.context().on('response', (response) => {
    if (response.url().includes('/assets/')) return;
    received.push(
      response.text().then(
        (text) => `${response.url()}\n${text}`,
        () => response.url(),
      ),
    );
  });
  return () => Promise.all(received);
}

export const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

export const fragmentOf = (page: Page): URLSearchParams =>
  new URLSearchParams(new URL(page.url()).hash.slice(1));

/** Presses Tab until an element with this label or text has the focus, which must be visible. */
export async function tabTo(page: Page, name: string | RegExp, presses = 60): Promise<void> {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element) return null;
      const label = (element as HTMLInputElement).labels?.[0] ?? element;
      const name = element.getAttribute('aria-label') ?? label.textContent?.trim() ?? '';
      // A part of a chart has a frame of its own instead.
      const isDrawn = element instanceof SVGElement;
      return { name, outline: isDrawn ? 'solid' : getComputedStyle(element).outlineStyle };
    });
    if (!focus || !(typeof name === 'string' ? focus.name === name : name.test(focus.name))) continue;
    expect(focus.outline).toBe('solid');
    return;
  }
  throw new Error(`Tab does not lead to ${name} at ${page.url()}`);
}
