import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { smallPng } from '../pages/small-png.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Checks a page with axe in light and dark, at 1280 and 360 px, and that it is no wider than the window. */
export async function checkScreen(page: Page, name: string): Promise<void> {
  // A page's policy does not hold for what a debugger evaluates.
  await page.evaluate(AXE);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(wide, `${name} at ${width} px`).toBe(width);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
        const { violations } = await axe.run();
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
      });
      expect.soft(found, `${name} at ${width} px, ${colorScheme}`).toEqual([]);
      if ((width === 360) === (colorScheme === 'dark')) await shoot(page, `${name} ${colorScheme} ${width}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}

const FOLDER = 'docs/screenshots/console';

/** Takes a screenshot if screenshots are to be updated; times and keys are replaced. */
async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_SCREENSHOTS !== '1') return;
  await page.evaluate(() => {
    for (const time of document.querySelectorAll('.time-shown')) time.textContent = '5 min. ago';
    for (const token of document.querySelectorAll('.token')) token.textContent = `tgw_${'x'.repeat(43)}`;
  });
  const image = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}/admin-${name.replaceAll(' ', '-')}.png`, image);
}
