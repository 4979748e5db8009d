import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkPage, WINDOWS } from './axe.ts';
import { useBrowser } from './chromium.ts';
import { type Console, openConsole, openSignedIn } from './gateway.ts';
import { shoot } from './screenshot.ts';
import { PERSON, plantConversation } from './thread-data.ts';

// A browser on a machine that others use, too.
vi.setConfig({ testTimeout: 60_000 });

const browser = useBrowser();
let gateway: Console;
let key: string;
beforeAll(async () => {
  gateway = await openConsole({ history: 'copied', plant: plantConversation, messages: 150 });
  key = (await gateway.addKey()).token;
}, 300_000);
afterAll(async () => {
  await gateway?.close();
});

test('with a copy of the history, all threads are listed by last activity, and a thread is summed up', async () => {
  const page = await openSignedIn(browser(), gateway, key, '/threads');
  const rows = page.locator('.thread-row');
  await rows.first().waitFor();
  const { data } = await gateway.query(
    '{ threads(in: { all: true }, first: 1000) { nodes { participant } totalCount source } }',
  );
  const { nodes, totalCount, source } = data.threads;
  expect(source).toBe('HISTORY');
  expect(totalCount).toBeGreaterThan(100);
  const persons = () => page.locator('.thread-person').allTextContents();
  expect(await persons()).toEqual(
    nodes.slice(0, 50).map(({ participant }: { participant: string }) => participant),
  );
  await page.getByText(`50 of ${totalCount} threads`).waitFor();
  await page.getByRole('button', { name: 'Show more threads' }).click();
  await expect.poll(async () => (await persons()).length).toBe(100);
  expect(await persons()).toEqual(
    nodes.slice(0, 100).map(({ participant }: { participant: string }) => participant),
  );
  expect(await page.getByText('keeps no copy').count()).toBe(0);

  await page.getByLabel('Phone number or channel address').fill(PERSON);
  await page.keyboard.press('Enter');
  await page.locator('.thread-message').last().waitFor();
  expect(await page.locator('.thread-message').count()).toBe(10);
  const facts = page.getByRole('complementary', { name: 'About this person' });
  await facts.getByText('This person has probably opted out.').waitFor();
  const text = (await facts.innerText()).replaceAll(/\s+/g, ' ');
  expect(text).toMatch(/Received 3 Sent 7 Failed 2 Channels RCS, SMS, WhatsApp/);
  await facts.getByRole('link', { name: 'sandbox-subaccount' }).click();
  await page.waitForURL(/\/accounts#open=AC[0-9a-f]{32}$/);
});

test.each(WINDOWS)('axe finds nothing in %s at %i px', async (scheme, width) => {
  const page = await openSignedIn(browser(), gateway, key, '/threads', { scheme, width });
  await page.locator('.thread-row').first().waitFor();
  await checkPage(page, 'threads');
  await shoot(page, 'threads');
  await page.getByLabel('Phone number or channel address').fill(PERSON);
  await page.keyboard.press('Enter');
  await page.getByText('This person has probably opted out.').waitFor();
  await checkPage(page, 'a thread');
});

test('the log has no number of a person', () => {
  expect(gateway.lines.join('\n')).not.toContain(PERSON.slice(1));
});
