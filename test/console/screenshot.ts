import { mkdir, writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { smallPng } from './small-png.ts';

const FOLDER = 'docs/screenshots/console';

/**
 * Takes a screenshot if screenshots are to be updated (UPDATE_SCREENSHOTS=1), of a wide window in light and of a narrow one in
 * dark; times and keys are replaced.
 */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_SCREENSHOTS !== '1') return;
  const width = page.viewportSize()?.width;
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  if ((width === 360) !== isDark) return;
  await page.evaluate(() => {
    for (const time of document.querySelectorAll('.time-shown')) time.textContent = '5 min. ago';
    for (const token of document.querySelectorAll('.token')) token.textContent = `tgw_${'x'.repeat(43)}`;
  });
  const image = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  await mkdir(FOLDER, { recursive: true });
  const ending = `${isDark ? 'dark' : 'light'}-${width}.png`;
  await writeFile(`${FOLDER}/${name.replaceAll(' ', '-')}-${ending}`, image);
}
