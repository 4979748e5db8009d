import pg from 'pg';
import { expect, test } from 'vitest';
import { openPostgresHistory } from '../../src/history/sql-history-store.ts';
import { query } from '../store/postgres.ts';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';
import { storeSuite } from './store-suite.ts';
import { postgresHistory } from './stores.ts';

const engine = postgresHistory();
storeSuite(engine);

test('months are partitions, made ahead and dropped whole', async () => {
  const location = await engine.empty();
  const store = await engine.open(location);
  const accountSid = `AC${'a'.repeat(32)}`;
  await store.setPolicy(policyOf(accountSid));
  const messages = ['Tue, 03 Mar 2020 10:00:00 +0000', 'Fri, 03 Apr 2020 10:00:00 +0000'].map((date, index) =>
    wireMessage({ sid: `SM${String(index).repeat(32)}`, date_created: date, date_sent: date }),
  );
  await store.savePage({ accountSid, messages, readAt: new Date() });
  const partitions = async () => {
    const rows = await query(
      location,
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'history_message'::regclass",
    );
    return rows.map((row) => (row as { name: string }).name).sort();
  };
  expect(await partitions()).toEqual([
    'history_message_2020_03',
    'history_message_2020_04',
    'history_message_other',
  ]);
  await store.setPolicy({ ...policyOf(accountSid), days: 30 });
  const month = (date: Date) => `history_message_${date.toISOString().slice(0, 7).replace('-', '_')}`;
  expect(await partitions()).toEqual([
    month(new Date()),
    month(new Date(Date.now() + 31 * 86_400_000)),
    'history_message_other',
  ]);
  expect(
    (await store.stats({ accountSids: [accountSid], criteria: {}, dimensions: [] })).total.messages,
  ).toBe(0);
  expect(await store.status(accountSid)).toMatchObject({ messages: 0 });
  await store.close();
});

test('a read that takes too long is ended by the server, and other reads go on', async () => {
  const location = await engine.empty();
  const accountSid = `AC${'b'.repeat(32)}`;
  const store = await openPostgresHistory(location, { readLimitMs: 200 });
  await store.setPolicy(policyOf(accountSid));
  const client = new pg.Client({ connectionString: location });
  await client.connect();
  await client.query('begin');
  await client.query('lock table history_message in access exclusive mode');
  const everything = { accountSids: [accountSid], criteria: {} };
  const reads = Array.from({ length: 6 }, () => store.list(everything, { order: 'NEWEST_FIRST', limit: 1 }));
  const results = await Promise.allSettled(reads);
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
    Array(6).fill('HISTORY_TIMEOUT'),
  );
  expect(await store.status(accountSid)).toMatchObject({ messages: 0 });
  await client.query('rollback');
  await client.end();
  expect(await store.list(everything, { order: 'NEWEST_FIRST', limit: 1 })).toMatchObject({ more: false });
  await store.close();
});
