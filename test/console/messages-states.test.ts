import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createKit, type Kit, type KitOptions, noErrors } from '../kit.ts';
import { createCopyKit, createSyncedKit, sync } from '../reads/copy.ts';
import { checkState } from './axe.ts';
import { openTab, type TabOptions, useBrowser } from './chromium.ts';
import { BUILD, serve } from './gateway.ts';
import { plant } from './messages-kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const DAY_MS = 86_400_000;
const browser = useBrowser();
const FAILS = { expected: /^Failed to load resource/ };

/** Opens the list over a gateway that needs no key. */
async function open(kit: Kit, hash: string, options?: TabOptions): Promise<Page> {
  return openTab(browser(), `${await serve(kit)}/messages${hash}`, options);
}
const withoutCopy = (options: KitOptions = {}) =>
  createKit({ sandbox: { messages: 400 }, console: BUILD, ...options });

const rows = (page: Page) => page.locator('.table-body [role=row]');
const summary = (page: Page) => page.locator('.list-summary');
const refresh = (page: Page) => page.getByRole('button', { name: 'Refresh', exact: true }).click();
const list = (page: Page) => page.locator('.message-list');

describe('the list', () => {
  test('counts down while Twilio is throttled, and goes on by itself', async () => {
    const kit = withoutCopy();
    // The same messages before and after.
    const page = await open(kit, '#range=2026-01-01T00:00:00Z..', FAILS);
    await rows(page).first().waitFor();
    // Longer than the gateway waits itself, so that it responds at once and not shortly before its deadline.
    kit.sandbox.set({ fail429: 1, retryAfterSeconds: 11 });
    await refresh(page);
    await list(page).getByRole('heading', { name: 'Too many requests at the moment' }).waitFor();
    await list(page)
      .getByRole('button', { name: /^Try again \(in \d+ s\)$/ })
      .waitFor();
    await checkState(page, 'throttled');
    kit.sandbox.set({ fail429: 0 });
    await rows(page).first().waitFor();
    expect(await page.getByRole('button', { name: /^Try again/ }).count()).toBe(0);
  });

  test('stops at the scan limit, says after how many messages, and reads on', async () => {
    const kit = withoutCopy({ sandbox: { messages: 2_000 }, config: { scanBudget: 200 } });
    const page = await open(kit, '#range=400d&status=undelivered');
    await list(page).getByText('Reading stopped at the scan limit, after').first().waitFor();
    await checkState(page, 'scan limit');
    const before = await rows(page).count();
    await list(page).getByRole('button', { name: 'Read on' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(before);
  });

  test('says that the copy was not brought up to date, and since when', async () => {
    const kit = await createCopyKit({ sandbox: { messages: 300 }, console: BUILD });
    for (const { sid } of [kit.sandbox.accounts.parent, kit.sandbox.accounts.active]) await sync(kit, sid);
    const page = await open(kit, '#range=400d&status=delivered', FAILS);
    await summary(page).getByText("from the gateway's copy").waitFor();
    expect(await page.getByText('What came later is missing').count()).toBe(0);
    // Twilio fails, and meanwhile the copy becomes old.
    kit.sandbox.set({ fail500: 1 });
    await page.clock.setFixedTime(Date.now() + 3_600_000);
    await page.reload();
    await page.getByText("The gateway's copy was last brought up to date").waitFor();
    await rows(page).first().waitFor();
    await checkState(page, 'stale copy');
  });

  test('says that the range begins before the oldest messages', async () => {
    const page = await open(withoutCopy(), '#range=500d');
    await rows(page).first().waitFor();
    await page.getByText('The range begins before the oldest messages that can be read').waitFor();
    await checkState(page, 'truncated history');
  });

  test('is a state while the device is offline, and comes back with it', async () => {
    const page = await open(withoutCopy(), '#range=30d', FAILS);
    await rows(page).first().waitFor();
    await page.context().setOffline(true);
    await refresh(page);
    await list(page).getByRole('heading', { name: 'The gateway does not respond' }).waitFor();
    await checkState(page, 'offline');
    await page.context().setOffline(false);
    await rows(page).first().waitFor();
  });

  test('leads on where the open message was deleted meanwhile', async () => {
    const kit = withoutCopy();
    const sid = plant(kit.sandbox, Date.now() - 60_000, { body: 'Soon gone', to: '+12125550188' });
    const page = await open(kit, '#range=30d&with=%2B12125550188');
    await rows(page).first().click();
    const panel = page.getByRole('complementary', { name: 'Message' });
    await panel.getByText('Soon gone').waitFor();
    kit.sandbox.deleteMessage(sid);
    await page.reload();
    await panel.getByText('This message is gone').waitFor();
    await checkState(page, 'deleted message');
    await panel.getByRole('link', { name: 'All messages' }).click();
    await rows(page).first().waitFor();
    expect(new URL(page.url()).hash).toBe('');
  });
});

/** Messages on known days, of both accounts. */
function plantSome(sandbox: Sandbox): void {
  for (let day = 1; day <= 40; day += 1) {
    plant(sandbox, Date.now() - day * DAY_MS, {
      body: day % 4 === 0 ? 'Your invoice is ready' : `Reminder ${day}`,
      status: day % 5 === 0 ? 'undelivered' : 'delivered',
      error_code: day % 5 === 0 ? 30003 : null,
      to: '+12125550166',
      from: '+12125550100',
    });
  }
}

describe.each([true, false])('with a copy of the history: %s', (hasCopy) => {
  test('filters, text and pages show what the API lists, and say where it is from', async () => {
    const over = createSandbox({ messages: 600 });
    plantSome(over);
    const kit = hasCopy
      ? await createSyncedKit({}, { subaccount: true, over, console: BUILD })
      : withoutCopy({ over });
    const page = await open(kit, '#range=400d');
    await rows(page).first().waitFor();
    const { origin } = new URL(page.url());
    const sidsOf = async (filter: object) => {
      const { data } = noErrors(
        await kit.query(
          'query($filter: MessageFilter) { messages(in: { all: true }, filter: $filter, first: 1000) { nodes { sid } source } }',
          {
            filter: { dateCreated: { since: new Date(Date.now() - 400 * DAY_MS).toISOString() }, ...filter },
          },
        ),
      );
      return data.messages as { nodes: { sid: string }[]; source: string };
    };
    for (const [hash, filter] of [
      ['error=30003&with=%2B12125550166', { errorCode: [30003], participant: '+12125550166' }],
      ['text=invoice', { text: 'invoice' }],
      ['country=US&status=delivered', { country: ['US'], status: ['DELIVERED'] }],
    ] as const) {
      const { nodes, source } = await sidsOf(filter);
      expect([hash, source, nodes.length > 5]).toEqual([hash, hasCopy ? 'HISTORY' : 'TWILIO', true]);
      await page.goto('about:blank');
      await page.goto(`${origin}/messages#range=400d&cols=sid&${hash}`);
      await summary(page)
        .getByText(hasCopy ? "from the gateway's copy" : 'from Twilio')
        .waitFor();
      const shown = await rows(page).allTextContents();
      expect(shown.length).toBeGreaterThan(5);
      expect(shown).toEqual(nodes.slice(0, shown.length).map(({ sid }) => sid));
      const count = await summary(page).getByRole('status').textContent();
      expect(count).toMatch(new RegExp(`^${Math.min(nodes.length, 50)}\\b`));
    }
  });
});
