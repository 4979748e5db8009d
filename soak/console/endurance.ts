import type { Page } from 'playwright-core';
import { loadRows } from './long-table.ts';
import { heapOf, settled, type Window } from './window.ts';

/** Enough that everything was used once. */
const ROUNDS_BEFORE = 3;

const FILTERS = [
  'status=undelivered',
  'error=30003&error=30007',
  'country=GB',
  'channel=whatsapp',
  'direction=inbound',
  'outcome=succeeded',
  'text=appointment',
  'media=yes',
];

export interface Endurance {
  /** Of the page after each round, in MB. The first one comes after a few rounds to warm up. */
  readonly heaps: readonly number[];
  readonly rounds: number;
}

/** Filters, jumps by the chart, scrolls and opens messages until the time is over, and measures the heap after each round. */
export async function endurance(window: Window, url: string, minutes: number): Promise<Endurance> {
  const { page } = window;
  await page.goto(`${url}/messages#range=90d`);
  await settled(page);
  const end = performance.now() + minutes * 60_000;
  const heaps: number[] = [];
  let rounds = 0;
  for (; performance.now() < end || heaps.length < 2; rounds += 1) {
    await oneRound(page, rounds);
    if (rounds >= ROUNDS_BEFORE) heaps.push(await heapOf(window));
  }
  return { heaps, rounds };
}

/** Ends on the same screen as it begins. */
async function oneRound(page: Page, round: number): Promise<void> {
  for (const filter of FILTERS) {
    await goTo(page, `range=${30 + (round % 10) * 30}d&${filter}`);
    await loadRows(page, 600);
    await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, 0));
    const rows = page.locator('.table-body [role=row]');
    if ((await rows.count()) > 0) {
      await rows.first().click();
      await page.locator('.side-panel .timeline').waitFor();
      await page.keyboard.press('Escape');
    }
  }
  await goTo(page, 'range=90d');
  // A jump: the range of some bars, and back.
  const chart = page.getByRole('slider');
  await chart.waitFor();
  const box = await chart.boundingBox();
  if (!box) throw new Error('The chart is not visible.');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 3 });
  await page.mouse.up();
  await page.waitForURL(/range=.*\.\./);
  await settled(page);
  await page.goBack();
  await settled(page);
}

async function goTo(page: Page, fragment: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, fragment);
  await page.waitForFunction((hash) => location.hash === `#${hash}`, fragment);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await settled(page);
}
