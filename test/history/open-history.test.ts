import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { LeaseLostError } from '../../src/history/history-store.ts';
import { openHistory } from '../../src/history/open-history.ts';
import { createReaderPool } from '../../src/history/reader-pool.ts';
import { createThread, type Thread } from '../../src/history/worker-thread.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';

// Each thread loads the sources, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(join(tmpdir(), 'gateway-history-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const accountSid = `AC${'1'.repeat(32)}`;
const page = {
  accountSid,
  readAt: new Date(),
  messages: [wireMessage({ account_sid: accountSid, date_created: 'Fri, 27 Nov 2026 10:00:00 +0000' })],
};
const everything = { accountSids: [accountSid], criteria: {} };

test('in threads: what one writes the other reads; the file is its owner’s', async () => {
  const file = join(directory, 'new', 'history.db');
  const history = openHistory({ file });
  await history.setPolicy(policyOf(accountSid));
  expect(await history.savePage(page)).toEqual({ inserted: 1, updated: 0, deleted: 0 });
  expect(await history.list(everything, { order: 'NEWEST_FIRST', limit: 5 })).toEqual({
    messages: page.messages,
    more: false,
  });
  expect(await history.stats({ ...everything, dimensions: ['status'], interval: 'DAY' })).toMatchObject({
    total: { messages: 1, succeeded: 1, deliveryRate: 1 },
    since: new Date('2026-11-27T10:00:00Z'),
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await history.close();
  await expect(history.count(everything)).rejects.toThrow(StoreUnavailableError);
});

test('what a request saves does not wait for all pages of the sync', async () => {
  const history = openHistory({ file: join(directory, 'turns.db') });
  await history.setPolicy(policyOf(accountSid));
  const ended: string[] = [];
  const save = async (name: string, observedBy: 'SYNC' | 'READ') => {
    const messages = page.messages.map((one) => ({ ...one, sid: `SM${name.repeat(32)}` }));
    await history.savePage({ ...page, messages, observedBy });
    ended.push(name);
  };
  const saves = ['1', '2', '3', '4', '5', '6'].map((name) => save(name, 'SYNC'));
  await Promise.all([...saves, save('a', 'READ')]);
  expect(ended).toEqual(['1', '2', 'a', '3', '4', '5', '6']);
  await history.close();
});

test('what every request asks for does not wait for slow reads of its account', async () => {
  const history = openHistory({ file: join(directory, 'lookups.db') }, { readLimitMs: 60_000 });
  await history.setPolicy(policyOf(accountSid));
  const messages = Array.from({ length: 1_000 }, (_, index) => ({
    ...page.messages[0],
    sid: `SM${index.toString(16).padStart(32, '0')}`,
    body: `a ${index} ${'needle in a haystack '.repeat(20)}`,
  }));
  for (let from = 0; from < 4; from += 1) {
    const own = messages.map((one) => ({ ...one, sid: one.sid.replace(/^SM0/, `SM${from}`) }));
    await history.savePage({ ...page, messages: own as never });
  }
  // A thread takes a while to start.
  await history.status(accountSid);
  const ended: string[] = [];
  const slow = Array.from({ length: 8 }, async () => {
    await history.stats({ ...everything, criteria: { text: 'needle' }, dimensions: ['status'] });
    ended.push('stats');
  });
  await Promise.all([...slow, history.status(accountSid).then(() => ended.push('status'))]);
  expect(ended.indexOf('status')).toBeLessThan(3);
  await history.close();
});

test('errors keep their classes across threads', async () => {
  const history = openHistory({ file: join(directory, 'errors.db') });
  await history.setPolicy(policyOf(accountSid));
  const slice = { lease: { id: 1, token: 'none' } };
  await expect(history.savePage({ ...page, slice })).rejects.toThrow(LeaseLostError);
  expect(await history.count(everything)).toBe(0);
  const since = new Date('2026-11-02');
  const criteria = { dateCreated: { since, until: new Date('2026-11-01') } };
  await expect(history.count({ ...everything, criteria })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    extensions: { argument: 'filter.dateCreated.since' },
  });
  await history.close();
});

test('a read that takes too long fails alone, and other reads go on', async () => {
  const file = join(directory, 'slow.db');
  const history = openHistory({ file }, { readLimitMs: 0 });
  await history.setPolicy(policyOf(accountSid));
  const [message] = page.messages;
  const messages = Array.from({ length: 1_100 }, (_, index) =>
    wireMessage({ ...message, sid: `SM${index.toString(16).padStart(32, '0')}` }),
  );
  await history.savePage({ ...page, messages });
  const search = { ...everything, criteria: { bodyContains: '~~' } };
  for (let time = 0; time < 5; time += 1) {
    await expect(history.count(search)).rejects.toMatchObject({
      code: 'HISTORY_TIMEOUT',
      extensions: { timeoutMs: 0 },
    });
  }
  expect(await history.status(accountSid)).toMatchObject({ messages: 1_100 });
  expect((await history.stats({ ...everything, dimensions: [] })).total.messages).toBe(1_100);
  await history.close();
});

test('a thread that does not end its read is replaced', async () => {
  const stuck = new URL(
    "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ id: 0 }); for (;;);",
  );
  const thread = createThread({ file: '' }, { script: stuck, graceMs: 1 });
  await expect(thread.call('count', [], 0)).rejects.toMatchObject({ code: 'HISTORY_TIMEOUT' });
  await expect(thread.call('count', [], 0)).rejects.toMatchObject({ code: 'HISTORY_TIMEOUT' });
  await thread.close();
});

test('slow reads of one account leave a thread to the others, who take turns', async () => {
  const begun: unknown[] = [];
  const ends: (() => void)[] = [];
  const thread = (): Thread => ({
    async call(_method, [query]) {
      begun.push((query as { name: string }).name);
      await new Promise<void>((resolve) => ends.push(resolve));
    },
    close: async () => {},
  });
  const pool = createReaderPool({ create: thread, size: 3, limitMs: 1000 });
  const read = (account: string, name: string) =>
    void pool.call('count', [{ accountSids: [account], name }]).catch(() => {});
  for (const name of ['a1', 'a2', 'a3', 'a4']) read('A', name);
  for (const name of ['b1', 'b2']) read('B', name);
  read('C', 'c1');
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  for (const end of ends) end();
  await settle();
  expect(begun.slice(3)).toEqual(['a3', 'b2', 'c1']);
  await pool.close();
});

test('callers of one account take turns: many slow reads of one do not delay another', async () => {
  const begun: unknown[] = [];
  const ends: (() => void)[] = [];
  const create = (): Thread => ({
    async call(_method, [query]) {
      begun.push((query as { name: string }).name);
      await new Promise<void>((resolve) => ends.push(resolve));
    },
    close: async () => {},
  });
  const pool = createReaderPool({ create, size: 2, limitMs: 1000 });
  const read = (flow: string, name: string) =>
    void pool.call('count', [{ accountSids: ['A'], flow, name }]).catch(() => {});
  for (const name of ['a1', 'a2', 'a3', 'a4']) read('a', name);
  for (const name of ['b1', 'b2']) read('b', name);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 6; turn += 1) {
    await settle();
    ends[turn]?.();
  }
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
  await pool.close();
});

test('a read that has waited too long is rejected, and never begins', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const begun: unknown[] = [];
    const ends: (() => void)[] = [];
    const create = (): Thread => ({
      async call(_method, [name]) {
        begun.push(name);
        await new Promise<void>((resolve) => ends.push(resolve));
      },
      close: async () => {},
    });
    const pool = createReaderPool({ create, size: 1, limitMs: 500, waitMs: 1000 });
    const first = pool.call('count', ['first']);
    const late = pool.call('count', ['late']);
    vi.advanceTimersByTime(1_001);
    const next = pool.call('count', ['next']);
    ends[0]?.();
    await first;
    await expect(late).rejects.toMatchObject({ extensions: { code: 'HISTORY_TIMEOUT', timeoutMs: 1000 } });
    ends[1]?.();
    await next;
    expect(begun).toEqual(['first', 'next']);
    await pool.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a file that cannot be opened is an error of every call', async () => {
  const history = openHistory({ file: join(directory, 'errors.db', 'not-a-folder') });
  await expect(history.count(everything)).rejects.toThrow(StoreUnavailableError);
  await expect(history.savePage(page)).rejects.toThrow(StoreUnavailableError);
  await history.close();
});

test('a folder that cannot be created is an error, and the threads end', async () => {
  // Node's own recursive mkdir never ends there.
  const history = openHistory({ file: '/proc/none/x/history.db' });
  await expect(history.savePage(page)).rejects.toThrow(/its folder cannot be created \(ENOENT\)/);
  await expect(history.notice()).rejects.toThrow(StoreUnavailableError);
  await history.close();
});

test('a damaged file is moved aside and a new one begun', async () => {
  const file = join(directory, 'damaged', 'history.db');
  const before = openHistory({ file });
  await before.setPolicy(policyOf(accountSid));
  await before.savePage(page);
  expect(await before.notice()).toBeNull();
  await before.compact();
  await before.close();
  const bytes = readFileSync(file);
  // Within the pages of the tables, behind the header.
  bytes.fill(0xa5, 4096 * 4, 4096 * 12);
  writeFileSync(file, bytes);

  const history = openHistory({ file });
  const notice = await history.notice();
  expect(notice).toMatch(/was damaged/);
  const aside = readdirSync(join(directory, 'damaged')).find((name) => name.includes('.damaged-')) ?? '';
  expect(existsSync(join(directory, 'damaged', aside))).toBe(true);
  expect(notice).toContain(aside);
  expect(await history.policies()).toEqual([]);
  await history.setPolicy(policyOf(accountSid));
  expect(await history.savePage(page)).toMatchObject({ inserted: 1 });
  await history.close();
});

test('a file of another format is moved aside, too', async () => {
  const file = join(directory, 'text.db');
  writeFileSync(file, 'This is not a database at all.'.repeat(100));
  const history = openHistory({ file });
  expect(await history.notice()).toMatch(/was damaged/);
  await history.close();
});
