import type { Page } from 'playwright-core';
import { settled } from './window.ts';

/** What is typed into the filter: an error code, statuses, outcomes, channels, countries, a direction, and words of a text. */
const TYPED = [
  '30003',
  'undelivered',
  'failed',
  'whatsapp',
  'mms',
  'gb',
  'us',
  'inbound',
  'with media',
  'appointment',
  'verification code',
  '30007',
];

/** Types filters one after the other. @returns milliseconds from Enter to the painted rows of each */
export async function filterTimes(page: Page, url: string, ranges: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const range of ranges) {
    await page.goto(`${url}/messages#range=${range}`);
    await settled(page);
    for (const typed of await withPerson(page)) {
      await page.keyboard.press('/');
      await page.keyboard.type(typed);
      await page.getByRole('option').first().waitFor();
      await watchEnter(page);
      await page.keyboard.press('Enter');
      times.push(await rowsAfterEnter(page));
      await page
        .getByRole('button', { name: /^Remove / })
        .first()
        .click();
      await page.locator('.filter-token').waitFor({ state: 'detached' });
      await settled(page);
    }
  }
  return times;
}

/** And a person of the list. */
async function withPerson(page: Page): Promise<readonly string[]> {
  const person = await page.locator('.table-body .address').first().textContent();
  return person?.startsWith('+') ? [...TYPED, person] : TYPED;
}

/** Begins to wait for Enter, and for the rows after it. Separate from the wait for it, or the key could come before. */
async function watchEnter(page: Page): Promise<void> {
  await page.evaluate(() => {
    const took = new Promise<number>((resolve, reject) => {
      const onKey = ({ key, timeStamp }: KeyboardEvent) => {
        if (key !== 'Enter') return;
        removeEventListener('keydown', onKey, true);
        const before = location.hash;
        const look = () => {
          const list = document.querySelector('.message-list');
          if (list?.querySelector('[role=alert]')) return reject(new Error(list.textContent ?? ''));
          const isThere =
            location.hash !== before &&
            list?.getAttribute('aria-busy') === 'false' &&
            list.querySelector('.table-body [role=row], .state') !== null;
          if (!isThere) return requestAnimationFrame(look);
          // A task after the callbacks of a frame runs when the frame was drawn.
          return setTimeout(() => resolve(performance.now() - timeStamp));
        };
        requestAnimationFrame(look);
      };
      addEventListener('keydown', onKey, true);
    });
    Object.assign(globalThis, { took });
  });
}

const rowsAfterEnter = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { took: Promise<number> }).took);
