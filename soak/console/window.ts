import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { watch } from '../../test/console/chromium.ts';

/** A window with a profile of its own, so that nothing is cached. */
export interface Window {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
  /** Errors of scripts, lines of the browser's console, and what the page's policy blocked. */
  readonly complaints: readonly string[];
}

/** @param slowdown how many times slower than this machine the page's processor is */
export async function openWindow(browser: Browser, slowdown = 1): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  const complaints: string[] = [];
  await watch(context, (text) => complaints.push(text));
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const cdp = await context.newCDPSession(page);
  if (slowdown > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return { context, page, cdp, complaints };
}

/** The heap of the page's scripts after a garbage collection, in MB. */
export async function heapOf({ cdp }: Window): Promise<number> {
  // Finalizers of the first collection release more.
  for (let run = 0; run < 2; run += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

/** Waits until the list shows what the address says, and the filter can be used. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.filter-bar').getByRole('combobox').waitFor();
  await page.locator('.message-list[aria-busy="false"]').waitFor();
  await page.locator('.table-body [role=row], .message-list .state').first().waitFor();
}
