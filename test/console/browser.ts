import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { smallPng } from './small-png.ts';

const FOLDER = 'docs/screenshots';
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

/** Checks what holds for every page: one heading, a label on each input, and no wider than the window. */
export async function checkPage(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const inputs = [...document.querySelectorAll<HTMLInputElement>('input:not([type=hidden])')];
    return {
      headings: document.querySelectorAll('h1').length,
      landmarks: ['header', 'nav', 'main'].filter((name) => document.querySelector(name) === null),
      unlabelled: inputs.filter(({ labels }) => !labels?.[0]?.textContent?.trim()).map(({ name }) => name),
      wider: Math.max(0, scrollWidth - clientWidth),
    };
  });
  expect({ url: page.url(), ...found }).toEqual({
    url: page.url(),
    headings: 1,
    landmarks: [],
    unlabelled: [],
    wider: 0,
  });
}

/** Takes a screenshot if screenshots are to be updated; times and tokens are replaced. */
export async function picture(page: Page, name: string): Promise<void> {
  await checkPage(page);
  if (process.env.UPDATE_SCREENSHOTS !== '1') return;
  await page.evaluate(() => {
    for (const time of document.querySelectorAll('time')) time.textContent = '2030-01-31 12:00 UTC';
    for (const token of document.querySelectorAll('.token')) token.textContent = `tgw_${'x'.repeat(43)}`;
  });
  const image = smallPng(await page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide' }));
  expect.soft(image.length, name).toBeLessThan(80 * 1024);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}/${name}.png`, image);
}

/** Presses Tab until the element with this text or label has the focus, and checks that the focus is visible. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement)) return null;
      const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return { name: label?.textContent?.trim() ?? '', outline: `${outlineStyle} ${outlineWidth}` };
    });
    if (focus?.name !== name) continue;
    expect(focus.outline).toBe('solid 3px');
    return;
  }
  throw new Error(`Tab does not lead to "${name}" at ${page.url()}`);
}
