import type { Page } from 'playwright-core';
import { settled } from './window.ts';

/** Collects the time of each interaction, from the input to the next paint. Before the page is loaded. */
export async function recordInteractions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const worst = new Map<number, { ms: number; name: string }>();
    Object.assign(globalThis, { interactions: worst });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        const { interactionId, duration, name, target } = entry;
        if (!interactionId || duration <= (worst.get(interactionId)?.ms ?? 0)) continue;
        const place = target instanceof Element ? `${target.localName}.${target.className}` : '';
        worst.set(interactionId, { ms: duration, name: `${name} ${place}` });
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

export interface Interactions {
  /** Interactions that took longer than a frame. */
  readonly count: number;
  /** Of the slowest one, in milliseconds. */
  readonly inp: number;
  readonly name: string;
}

export async function readInteractions(page: Page): Promise<Interactions> {
  const all = await page.evaluate(async () => {
    // Entries come after the frame.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)));
    const { interactions } = globalThis as unknown as {
      interactions: Map<number, { ms: number; name: string }>;
    };
    return [...interactions.values()];
  });
  const [slowest] = all.sort((a, b) => b.ms - a.ms);
  return { count: all.length, inp: slowest?.ms ?? 0, name: slowest?.name ?? 'none' };
}

/** Uses the list by keyboard and by clicks: filters, moves, opens messages, changes columns and range, searches, and leaves. */
export async function useTheList(page: Page, url: string): Promise<void> {
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.goto(`${url}/messages#range=30d`);
  await settled(page);
  await press('/');
  await page.keyboard.type('undelivered');
  await press('Enter', 'Escape');
  await settled(page);
  await press('j', 'j', 'j', 'k', 'ArrowRight', 'ArrowRight', 'PageDown', 'PageUp', 'Enter');
  await page.locator('.timeline').waitFor();
  for (let step = 0; step < 5; step += 1) {
    await press('j');
    await page.locator('.side-panel > :not(.dimmed) .timeline').waitFor();
  }
  await press('Escape', 'End', 'Home');
  const rows = page.locator('.table-body [role=row]');
  await rows.nth(3).click();
  await page.locator('.timeline').waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'SID' }).click();
  await press('Escape');
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await page.getByRole('button', { name: 'Chart', exact: true }).click();
  await press('Control+k');
  await page.keyboard.type('insights');
  await press('Enter');
  await page.locator('.tiles').waitFor();
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await press('g', 't');
  await page.locator('.thread-row').first().click();
  await page.locator('.thread-message').last().waitFor();
  await press('k', 'k', 'g', 'm');
  await settled(page);
  await press('?', 'Escape');
}
