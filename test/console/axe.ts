import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { shoot } from './screenshot.ts';

const ALL = [
  ['light', 1280],
  ['dark', 360],
  ['dark', 1280],
  ['light', 360],
] as const;

/**
 * The color schemes and widths in which axe checks a screen: two, which are each color scheme and each width once; all four
 * with AXE=all, which takes twice as long.
 */
export const WINDOWS = process.env.AXE === 'all' ? ALL : ALL.slice(0, 2);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Checks a page with axe, and that it is no wider than its window. */
export async function checkPage(page: Page, name: string): Promise<void> {
  // A page's policy does not hold for what a debugger evaluates.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    const { scrollWidth, clientWidth } = document.documentElement;
    return {
      violations: violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(' | ')}`,
      ),
      wider: Math.max(0, scrollWidth - clientWidth),
    };
  });
  expect.soft({ name, ...found }).toEqual({ name, violations: [], wider: 0 });
}

/** Checks a state of a screen in all color schemes and widths with AXE=all, and not without: the states of a screen are many. */
export async function checkState(page: Page, name: string): Promise<void> {
  if (process.env.AXE !== 'all') return;
  const before = page.viewportSize();
  for (const [colorScheme, width] of ALL) {
    await page.setViewportSize({ width, height: 800 });
    // Chromium applies another color scheme to inherited colors later, unless the whole page is laid out again.
    await page.evaluate((theme) => {
      const root = document.documentElement;
      root.dataset.theme = theme;
      root.style.display = 'none';
      root.getBoundingClientRect();
      root.style.display = '';
    }, colorScheme);
    await page
      .locator('.dimmed')
      .waitFor({ state: 'detached', timeout: 3_000 })
      .catch(() => {});
    await checkPage(page, `${name} at ${width} px, ${colorScheme}`);
  }
  await page.evaluate(() => delete document.documentElement.dataset.theme);
  if (before) await page.setViewportSize(before);
}

/** Checks a page in the color schemes and widths of {@link WINDOWS}. */
export async function checkScreen(page: Page, name: string): Promise<void> {
  for (const [colorScheme, width] of WINDOWS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await checkPage(page, `${name} at ${width} px, ${colorScheme}`);
    await shoot(page, `admin ${name}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
}
