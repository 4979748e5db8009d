import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FieldPolicy } from '../../src/policy/field-policy.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Canaries, findCanaries } from '../policy/canaries.ts';
import { clipboard, openTab, record, useBrowser } from './chromium.ts';
import { type Console, openConsole, signIn } from './gateway.ts';

// A browser on a machine that others use, too.
vi.setConfig({ testTimeout: 90_000 });

const canaries = { bodies: new Set<string>(), numbers: new Set<string>() } satisfies Canaries;
const browser = useBrowser();
let gateway: Console;
beforeAll(async () => {
  gateway = await openConsole({ messages: 0, credentials: [0], plant });
}, 300_000);
afterAll(async () => {
  await gateway?.close();
});

/** Three persons with messages in both directions, some with media and errors, each with a text of its own. */
function plant(sandbox: Sandbox): void {
  for (let index = 0; index < 24; index += 1) {
    const number = `1628${String(2_000_000 + (index % 3) * 39_707)}`;
    const body = `canary${(index * 7919 + 1_000_003).toString(36)}x`;
    canaries.numbers.add(number);
    canaries.bodies.add(body);
    const person = `${index % 2 === 0 ? '' : 'whatsapp:'}+${number}`;
    sandbox.addMessage('parent', {
      body,
      ...(index < 12 ? { direction: 'inbound', from: person, status: 'received' } : { to: person }),
      ...(index === 20
        ? { status: 'failed', error_code: 21211, error_message: `The 'To' number ${person} is not valid` }
        : {}),
      num_media: index % 8 === 0 ? '1' : '0',
    });
  }
}

/** Does what the screens offer, and returns everything that came of it. */
async function walk(policy: Partial<FieldPolicy>) {
  const key = (await gateway.addKey('READER', { fieldPolicy: policy })).token;
  const page = await openTab(browser(), 'about:blank', { expected: /status of/ });
  const received = record(page);
  await signIn(page, gateway, key, '/threads');
  const seen: string[] = [];
  const look = async (screen: Page = page) => {
    seen.push(await screen.content(), screen.url(), await screen.title());
    await screen.emulateMedia({ media: 'print' });
    seen.push(await screen.locator('body').innerText());
    await screen.emulateMedia({ media: null });
  };
  const rows = page.locator('.thread-row');
  await rows.first().waitFor();
  await look();
  const count = await rows.count();
  for (let row = 0; row < count; row += 1) {
    await rows.nth(row).click();
    await page.locator('.thread-message').last().waitFor();
    const strip = page.locator('.media-strip');
    if ((await strip.count()) > 0) {
      await strip.first().scrollIntoViewIfNeeded();
      await strip.first().locator('a').first().waitFor();
    }
    await look();
    if (row === 0) {
      await page.keyboard.press('k');
      for (const press of ['c', 'y']) {
        await page.keyboard.press(press);
        await page.locator('.announcement:not(:empty)').waitFor();
        seen.push(await clipboard(page));
      }
      for (const format of ['CSV', 'NDJSON']) {
        const downloading = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Export' }).click();
        await page.getByRole('button', { name: new RegExp(`^${format}`) }).click();
        const file = await downloading;
        seen.push(readFileSync(await file.path(), 'utf8'), file.suggestedFilename());
      }
      await page.getByRole('button', { name: 'Jump to date' }).click();
      await look();
      await page.keyboard.press('Escape');
    }
    await page.goBack();
    await rows.first().waitFor();
  }
  // A number in a link is not looked up, and its error does not repeat it.
  const [number = ''] = canaries.numbers;
  await page.goto(`${gateway.url}/threads#with=%2B${number}`);
  await page.reload();
  await page.locator('.thread-row, .thread-message').first().waitFor();
  seen.push(await page.content());
  await page.goto(`${gateway.url}/accounts`);
  await page.locator('.account').first().waitFor();
  await look();
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  return { seen: [...seen, stored].join('\n'), received, rows: count, page };
}

test('a reviewer finds nothing more than the policy of the key', async () => {
  // One who sees everything finds the canaries in the same places, and fills the caches.
  const open = await walk({});
  expect(open.rows).toBe(3);
  const all = canaries.bodies.size + canaries.numbers.size;
  expect(findCanaries(open.seen, canaries).size).toBe(all);
  expect(findCanaries((await open.received()).join('\n'), canaries).size).toBe(all);
  for (const addresses of ['LAST_FOUR', 'PSEUDONYM'] as const) {
    const { seen, received, rows, page } = await walk({ bodies: 'HIDDEN', addresses, media: 'HIDDEN' });
    expect(rows).toBe(3);
    expect([...findCanaries(seen, canaries)]).toEqual([]);
    expect([...findCanaries((await received()).join('\n'), canaries)]).toEqual([]);
    expect(seen).toContain('Your field policy hides the texts of messages.');
    expect(seen).toContain('Your field policy hides media.');
    expect(seen).toMatch(addresses === 'LAST_FOUR' ? /…\d{4}/ : /~[\w-]{16}/);
    await page.goto(`${gateway.url}/threads`);
    await page.getByText('Your field policy masks numbers').waitFor();
    expect(await page.getByLabel('Phone number or channel address').count()).toBe(0);
  }
});

test('a key that hides addresses has no threads, and is told why', async () => {
  const key = (await gateway.addKey('READER', { fieldPolicy: { addresses: 'HIDDEN' } })).token;
  const { data } = await gateway.query('{ thread(with: "+16282000000", in: { all: true }) { id } }');
  const page = await openTab(browser(), 'about:blank', { expected: /status of/ });
  const received = record(page);
  await signIn(page, gateway, key, '/threads');
  await page.getByText('Your field policy hides addresses').waitFor();
  await page.goto(`${gateway.url}/threads/${data.thread.id}`);
  await page.getByText('Your field policy hides addresses').waitFor();
  expect(findCanaries((await received()).join('\n'), { ...canaries, bodies: new Set() }).size).toBe(0);
});

test('the log has no number of a person, and no text', () => {
  expect([...findCanaries(gateway.lines.join('\n'), canaries)]).toEqual([]);
});
