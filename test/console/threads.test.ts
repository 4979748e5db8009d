import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkPage, checkState, WINDOWS } from './axe.ts';
import { clipboard, type TabOptions, useBrowser } from './chromium.ts';
import { type Console, openConsole, openSignedIn } from './gateway.ts';
import { shoot } from './screenshot.ts';
import { DAY_MS, HOSTILE, PERSON, plantConversation, plantTalker, START, TALKER } from './thread-data.ts';

// A browser on a machine that others use, too.
vi.setConfig({ testTimeout: 60_000 });

/** Whose texts are hostile. */
const STRANGER = '+12125550179';
const browser = useBrowser();
let gateway: Console;
let key: string;
beforeAll(async () => {
  gateway = await openConsole({
    plant(sandbox) {
      plantTalker(sandbox, 230);
      plantConversation(sandbox);
      for (const body of HOSTILE) {
        sandbox.addMessage('parent', { direction: 'inbound', from: STRANGER, body, status: 'received' });
      }
    },
  });
  key = (await gateway.addKey()).token;
}, 300_000);
afterAll(async () => {
  await gateway?.close();
});

const open = (path: string, options: TabOptions = {}) => openSignedIn(browser(), gateway, key, path, options);
const pathOf = (page: Page) => new URL(page.url()).pathname;

async function threadOf(person: string): Promise<string> {
  const { data } = await gateway.query(
    'query($with: Address!) { thread(with: $with, in: { all: true }) { id } }',
    { with: person },
  );
  return `/threads/${data.thread.id}`;
}

/** The messages on the page: their side, and their text. */
const conversation = (page: Page) =>
  page
    .locator('.thread-message')
    .evaluateAll((items) =>
      items.map((item) => [
        item.classList.contains('in') ? 'in' : 'out',
        item.querySelector('.thread-bubble bdi')?.textContent ?? '',
      ]),
    );
const ready = (page: Page) => page.locator('.thread-message').last().waitFor();
const message = (page: Page, text: string) => page.locator('.thread-message', { hasText: text });
const dateIn = (zone: string, time: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(time);

describe('an agent', () => {
  test('enters a number and reads one thread across directions, channels and accounts', async () => {
    const page = await open('/threads');
    await page.getByText('This gateway keeps no copy of the messages yet').waitFor();
    const input = page.getByLabel('Phone number or channel address');
    await input.fill('(415) 555 0125');
    await page.getByRole('button', { name: 'Open thread' }).click();
    await page.getByText('Begin with “+” and the country code').waitFor();
    await input.fill('+1 (415) 555-0125');
    await input.press('Enter');
    await ready(page);
    expect(pathOf(page)).toMatch(/^\/threads\/[\w-]{40,}$/);
    await page.getByRole('heading', { level: 2, name: PERSON }).waitFor();
    expect(await page.title()).not.toContain(PERSON);
    expect(await conversation(page)).toEqual([
      ['out', 'Northwind: finish your identity verification today.'],
      ['in', 'Which document do you need?'],
      ['out', 'A passport or an identity card.\nBoth sides, please.'],
      ['out', 'We can go on here, on WhatsApp.'],
      ['in', expect.any(String)],
      ['out', 'Your photo was too dark.'],
      ['out', 'From the lending desk: we need one more photo.'],
      ['out', 'Northwind: your verification expires tomorrow.'],
      ['in', 'STOP'],
      ['out', 'Northwind: last reminder.'],
    ]);
    const channels = await page.locator('.thread-message.first .channel').allTextContents();
    expect([...new Set(channels)].sort()).toEqual(['RCS', 'SMS', 'WhatsApp']);
    expect(await page.locator('.day-name').count()).toBe(6);
    const failed = message(page, 'expires tomorrow');
    expect(await failed.textContent()).toMatch(
      /Undelivered.*30003 Unreachable destination handset.*Retry once/s,
    );
    expect(await page.getByText('Probably opted out').count()).toBe(1);
  });

  test('sees the pictures of a message, and other files as links', async () => {
    const page = await open(await threadOf(PERSON));
    await ready(page);
    const files = page.locator('.media-strip a');
    await page.locator('.media-strip').scrollIntoViewIfNeeded();
    await files.first().waitFor();
    expect(await files.count()).toBe(2);
    for (const picture of await page.locator('.media-strip img').all()) {
      expect(
        await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
      ).toBeGreaterThan(1);
    }
    for (const href of await files.evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
      expect(href).toMatch(/^\/media\/[\w-]+$/);
    }
  });

  test('reads times in the chosen zone; a link, reload and Back keep it', async () => {
    const thread = await threadOf(PERSON);
    const page = await open(`${thread}#zone=Asia/Kolkata`);
    await ready(page);
    const first = page.locator('.thread-message').first().locator('time');
    expect(await first.textContent()).toBe('17:30');
    await page.locator('.thread-message').first().getByRole('link').first().click();
    await page.waitForURL(/\/messages\/AC[0-9a-f]{32}\/SM[0-9a-f]{32}#zone=Asia\/Kolkata$/);
    await page.goBack();
    await ready(page);
    expect(await first.textContent()).toBe('17:30');
    await page.reload();
    await ready(page);
    expect(await first.textContent()).toBe('17:30');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await ready(other);
    expect(await conversation(other)).toEqual(await conversation(page));
  });

  test('reads older messages without losing the place, and jumps to a day', async () => {
    const page = await open(await threadOf(TALKER));
    await ready(page);
    const scroller = page.locator('.conversation');
    await message(page, 'Number 230').waitFor();
    expect(
      await scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight),
    ).toBeLessThan(2);
    expect(await page.locator('.thread-message').count()).toBe(100);
    // The first message that was read stays where it is while others are put above it.
    const mark = page.locator(
      `[data-sid="${await page.locator('.thread-message').first().getAttribute('data-sid')}"]`,
    );
    await scroller.evaluate((box) => box.scrollTo({ top: 400 }));
    const before = await mark.evaluate((item) => item.getBoundingClientRect().top);
    await expect.poll(() => page.locator('.thread-message').count()).toBeGreaterThanOrEqual(200);
    const after = await mark.evaluate((item) => item.getBoundingClientRect().top);
    expect(Math.abs(after - before)).toBeLessThan(3);

    const wanted = Date.now() - 229 * 3_600_000;
    const day = dateIn('Europe/Berlin', wanted);
    await page.getByRole('button', { name: 'Jump to date' }).click();
    await page.getByLabel('Day (Europe/Berlin)').fill(day);
    await page.getByRole('button', { name: 'Show this day' }).click();
    const heading = page.locator(`[data-day="${day}"] h3`);
    await expect.poll(() => heading.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(new URL(page.url()).hash).toContain(`day=${day}`);
    await expect.poll(() => page.locator('.thread-message').count()).toBe(230);
    // The same day once more, from elsewhere.
    await scroller.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await page.getByRole('button', { name: 'Jump to date' }).click();
    await page.getByRole('button', { name: 'Show this day' }).click();
    await expect
      .poll(() => scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
      .toBeGreaterThan(500);
    await expect.poll(() => heading.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.reload();
    await expect
      .poll(() => heading.evaluate((one) => one === document.activeElement).catch(() => false))
      .toBe(true);
    await page.goto(`${page.url().split('#')[0]}#until=${new Date(wanted + 1_000).toISOString()}`);
    await page.getByText('are not shown').waitFor();
    expect((await conversation(page)).at(-1)?.[1]).toMatch(/^Number [12]$/);
    await page.getByRole('button', { name: 'Show the newest messages' }).click();
    await message(page, 'Number 230').waitFor();
  });

  test('sees new messages arrive, and their statuses change', async () => {
    // Of its own at each run: a test that is repeated must not see what it has added before.
    const person = `+1212555${1000 + Math.floor(Math.random() * 9_000)}`;
    const add = (body: string, more: object = {}) =>
      gateway.sandbox.addMessage('parent', { to: person, from: '+12125550100', body, ...more });
    for (let index = 0; index < 30; index += 1) add(`Before ${index}`);
    const queued = add('On its way', { status: 'queued', date_sent: null });
    const page = await open('/threads');
    await page.clock.install();
    await page.goto(`${gateway.url}${await threadOf(person)}`);
    await ready(page);
    expect(await message(page, 'On its way').textContent()).toContain('Queued');
    gateway.sandbox.updateMessage(queued.sid, { status: 'delivered' });
    add('Hello again', { direction: 'inbound', from: person, to: '+12125550100', status: 'received' });
    await page.clock.fastForward(25_000);
    await message(page, 'Hello again').waitFor();
    await expect.poll(() => message(page, 'On its way').textContent()).toContain('Delivered');
    const scroller = page.locator('.conversation');
    const rest = () => scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    expect(await rest()).toBeLessThan(2);
    // Someone who reads further up stays there.
    await scroller.evaluate((box) => box.scrollTo({ top: 0 }));
    await expect.poll(rest).toBeGreaterThan(500);
    add('And again', { direction: 'inbound', from: person, to: '+12125550100', status: 'received' });
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'One new message' }).click();
    await expect.poll(rest).toBeLessThan(2);
    expect((await conversation(page)).at(-1)).toEqual(['in', 'And again']);
  });

  test('works by keyboard alone, and takes a thread along', async () => {
    const page = await open('/threads');
    await page.locator('.thread-row').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(PERSON);
    await page.keyboard.press('Enter');
    await ready(page);
    const focused = () =>
      page.evaluate(() => document.activeElement?.querySelector('.thread-bubble')?.textContent ?? '');
    await page.keyboard.press('k');
    expect(await focused()).toContain('last reminder');
    await page.keyboard.press('k');
    expect(await focused()).toContain('STOP');
    await page.keyboard.press('c');
    await expect.poll(() => clipboard(page)).toMatch(/^SM[0-9a-f]{32}$/);
    const sid = await clipboard(page);
    await page.keyboard.press('y');
    await expect.poll(() => clipboard(page)).toBe(page.url());
    const downloading = page.waitForEvent('download');
    await page.keyboard.press('e');
    const file = readFileSync(await (await downloading).path(), 'utf8');
    expect(file.split('\r\n').filter((line) => line.includes(PERSON))).toHaveLength(10);
    expect(file).toContain(sid);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/messages\//);
    expect(pathOf(page)).toContain(sid);
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForURL(/\/threads$/);
    await page.locator('.thread-row').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await ready(page);
  });
});

test('a message leads to the thread of its person, also where the number is masked', async () => {
  const masked = (await gateway.addKey('READER', { fieldPolicy: { addresses: 'LAST_FOUR' } })).token;
  const page = await openSignedIn(browser(), gateway, masked, '/messages');
  await page.getByRole('grid', { name: 'Messages' }).getByRole('gridcell').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('t');
  await ready(page);
  expect(pathOf(page)).toMatch(/^\/threads\/[\w-]{40,}$/);
  await page.locator('.thread-message').last().getByRole('link').first().click();
  await page.getByRole('link', { name: 'Thread', exact: true }).click();
  await ready(page);
});

test('hostile texts are shown as they are, and do nothing', async () => {
  const page = await open(await threadOf(STRANGER), { width: 360 });
  await ready(page);
  const texts = (await conversation(page)).map(([, text]) => text);
  expect(texts.map((text) => text?.replace(/U\+202[CE]/g, ''))).toEqual(
    HOSTILE.map((body) => body.replace(/[\u202C\u202E]/g, '')),
  );
  expect(await page.locator('.hidden-character').allTextContents()).toEqual(['U+202E', 'U+202C']);
  expect(await page.locator('.thread-bubble :is(a, script, img)').count()).toBe(0);
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
  await checkPage(page, 'hostile texts');
});

describe('a link', () => {
  test('that is cut, or of another gateway, has a way forward', async () => {
    const page = await open('/threads/nothing');
    await page.getByText('Something in the address is not valid').waitFor();
    await checkState(page, 'cut link');
    const sealed = btoa(`Thread:${'A'.repeat(60)}`).replaceAll('=', '');
    await page.goto(`${gateway.url}/threads/${sealed}`);
    await page.getByText('This link leads to no thread').waitFor();
    await checkState(page, 'link of another gateway');
    await page.getByRole('link', { name: 'All threads' }).click();
    await page.locator('.thread-row').first().waitFor();
  });

  test('to a person opens the thread, and the number leaves the address', async () => {
    const page = await open(`/threads#with=${encodeURIComponent(PERSON)}`);
    await ready(page);
    expect(page.url()).not.toMatch(/4155550125/);
  });

  test('of somebody else shows the messages of one’s own accounts only', async () => {
    const [, subaccount] = await gateway.store.list();
    const own = (await gateway.addKey('READER', { credentialIds: [subaccount?.id ?? ''] })).token;
    const page = await openSignedIn(browser(), gateway, own, await threadOf(PERSON));
    await ready(page);
    expect(await conversation(page)).toEqual([['out', 'From the lending desk: we need one more photo.']]);
    // The message itself, too, of an account that this key may not read.
    const { data } = await gateway.query(
      '{ messages(in: { all: true }, filter: { participant: "+14155550125" }, first: 50) { nodes { sid accountSid } } }',
    );
    const others = data.messages.nodes.find(
      ({ accountSid }: { accountSid: string }) => accountSid !== subaccount?.accountSid,
    );
    await page.goto(`${gateway.url}/messages/${others.accountSid}/${others.sid}`);
    await page.getByRole('heading', { name: 'There is no credential for this' }).waitFor();
    await checkState(page, 'message of somebody else');
    await page.goto(`${gateway.url}/messages/any/${others.sid}`);
    await page.getByRole('heading', { name: 'No account you can read has this message' }).waitFor();
    await checkState(page, 'message of no account');
    const stranger = await openSignedIn(
      browser(),
      gateway,
      (await gateway.addKey('READER', { credentialIds: [] })).token,
      '/threads',
    );
    await stranger.getByText('There is no credential to read messages with').waitFor();
    await checkState(stranger, 'threads without a credential');
  });

  test('edited by hand to nonsense shows the thread', async () => {
    const thread = await threadOf(PERSON);
    const page = await open(`${thread}#until=yesterday&day=2026-99-99&zone=Mars/Base&%E0%A4%A=1`);
    await ready(page);
    expect(await page.locator('.thread-message').count()).toBe(10);
  });
});

test.each(WINDOWS)('axe finds nothing in %s at %i px', async (scheme, width) => {
  const page = await open('/threads', { scheme, width });
  await page.locator('.thread-row').first().waitFor();
  await checkPage(page, 'threads');
  await page.getByLabel('Phone number or channel address').fill('415');
  await page.keyboard.press('Enter');
  await page.goto(`${gateway.url}${await threadOf(PERSON)}`);
  await ready(page);
  await page.locator('.media-strip').scrollIntoViewIfNeeded();
  await page.locator('.media-strip a').first().waitFor();
  await checkPage(page, 'a thread');
  await shoot(page, 'thread');
});

test('printing reads all messages first; a page printed without them says so', async () => {
  const page = await open(await threadOf(TALKER));
  await ready(page);
  expect(await page.locator('.thread-message').count()).toBe(100);
  const notice = page.getByText('Older messages are not on this page:');
  await page.emulateMedia({ media: 'print' });
  await notice.waitFor();
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => {
    globalThis.print = () => {
      document.title = 'printed';
    };
  });
  await page.keyboard.press('p');
  await expect.poll(() => page.title()).toBe('printed');
  expect(await page.locator('.thread-message').count()).toBe(230);
  await page.emulateMedia({ media: 'print' });
  expect(await notice.count()).toBe(0);
});

test('a printed thread has all of its messages on white, and no buttons', async () => {
  const page = await open(await threadOf(PERSON));
  await ready(page);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.top-bar').isVisible()).toBe(false);
  expect(await page.getByRole('button').count()).toBe(0);
  const { height, scrolled } = await page.locator('.conversation').evaluate((box) => ({
    height: box.clientHeight,
    scrolled: box.scrollHeight,
  }));
  expect(height).toBe(scrolled);
  await page.getByText('times in Europe/Berlin').waitFor();
});

test('the log has no number of a person', () => {
  const log = gateway.lines.join('\n');
  expect(log).toContain('/threads/*');
  expect(log).not.toMatch(/4155550125|212555\d{4}/);
  expect(START).toBeLessThan(Date.now() - 10 * DAY_MS);
});
