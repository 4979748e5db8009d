import type { Browser } from 'playwright-core';
import { openWindow } from './window.ts';

/** A screen, and what it has when everything is there. */
export interface Screen {
  readonly path: string;
  readonly ready: string;
}

export interface FirstLoad {
  /** Milliseconds from the navigation to the largest element that was painted. */
  readonly lcp: number;
  readonly firstPaint: number;
  readonly element: string;
  readonly complaints: readonly string[];
}

/** Loads a screen in a new profile, with a slow processor, and reads its largest contentful paint. */
export async function firstLoad(
  browser: Browser,
  url: string,
  { path, ready }: Screen,
  slowdown: number,
): Promise<FirstLoad> {
  const { context, page, complaints } = await openWindow(browser, slowdown);
  try {
    await page.goto(url + path);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
    const painted = await page.evaluate(async () => {
      type Paint = PerformanceEntry & { readonly element?: Element; readonly size?: number };
      const entries = await new Promise<Paint[]>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries())).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        });
      });
      const largest = entries.at(-1);
      const { element } = largest ?? {};
      return {
        lcp: largest?.startTime ?? Number.NaN,
        firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
        element: element ? `${element.localName}.${element.className}` : 'none',
      };
    });
    return { ...painted, complaints: [...complaints] };
  } finally {
    await context.close();
  }
}
