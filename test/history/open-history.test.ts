import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LeaseLostError } from '../../src/history/history-store.ts';
import { openHistory } from '../../src/history/open-history.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';

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

test('a file that cannot be opened is an error of every call', async () => {
  const history = openHistory({ file: join(directory, 'errors.db', 'not-a-folder') });
  await expect(history.count(everything)).rejects.toThrow(StoreUnavailableError);
  await expect(history.savePage(page)).rejects.toThrow(StoreUnavailableError);
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
