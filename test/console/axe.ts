import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { shoot } from './screenshot.ts';
import { WINDOWS } from './windows.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Checks a page with axe in the color schemes and widths of {@link WINDOWS}, and that it is no wider than the window. */
export async function checkScreen(page: Page, name: string): Promise<void> {
  // A page's policy does not hold for what a debugger evaluates.
  await page.evaluate(AXE);
  for (const [colorScheme, width] of WINDOWS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(wide, `${name} at ${width} px`).toBe(width);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
    });
    expect.soft(found, `${name} at ${width} px, ${colorScheme}`).toEqual([]);
    await shoot(page, `admin ${name}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}
