import type { Page } from 'playwright-core';
import { heapOf, settled, type Window } from './window.ts';

/** Scrolls a table on until it has this many rows, or all. @returns how many it has */
export async function loadRows(page: Page, rows: number): Promise<number> {
  const summary = page.locator('.list-summary [role=status]');
  let loaded = 0;
  for (;;) {
    const text = (await summary.textContent()) ?? '';
    const now = Number(/^[\d,]+/.exec(text)?.[0].replaceAll(',', ''));
    if (now >= rows || !/\+| of /.test(text)) return now;
    if (now > loaded) loaded = now;
    await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.waitForFunction(
      ([before]) => document.querySelector('.list-summary [role=status]')?.textContent !== before,
      [text],
    );
  }
}

export interface LongTable {
  readonly rows: number;
  /** Of each frame while the table scrolls, in milliseconds. */
  readonly frames: readonly number[];
  readonly heap: number;
}

/** Fills the table to a number of rows, scrolls through it, and measures frames and heap. */
export async function longTable(window: Window, url: string, rows: number): Promise<LongTable> {
  const { page } = window;
  await page.goto(`${url}/messages#range=400d&outcome=succeeded`);
  await settled(page);
  const loaded = await loadRows(page, rows);
  const heap = await heapOf(window);
  const frames: number[] = [];
  for (const place of [0, 0.3, 0.6, 0.9]) frames.push(...(await scrollFrom(window, place)));
  return { rows: loaded, frames, heap };
}

const DISTANCE = 6_000;
const SPEED = 2_500;

/** Scrolls like a wheel that is turned fast, from a part of the table on. */
async function scrollFrom({ page, cdp }: Window, place: number): Promise<readonly number[]> {
  const grid = page.getByRole('grid');
  await grid.evaluate((element, share) => element.scrollTo(0, element.scrollHeight * share), place);
  const box = await grid.boundingBox();
  if (!box) throw new Error('The table is not visible.');
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const next = (now: number) => {
      frames.push(now - last);
      last = now;
      if ('frames' in globalThis) requestAnimationFrame(next);
    };
    Object.assign(globalThis, { frames });
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(next);
    });
  });
  await cdp.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    yDistance: -DISTANCE,
    speed: SPEED,
    gestureSourceType: 'mouse',
  });
  return page.evaluate(() => {
    const holder = globalThis as unknown as { frames?: number[] };
    const { frames = [] } = holder;
    delete holder.frames;
    return frames;
  });
}
