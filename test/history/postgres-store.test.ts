import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { prepareRecurring } from '../../src/history/prepared-statements.ts';
import { openPostgresHistory } from '../../src/history/sql-history-store.ts';
import { openPool } from '../../src/store/sql/postgres-pool.ts';
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

test('a page that waits while another gateway changes the policy is saved as the new policy says', async () => {
  const location = await engine.empty();
  const store = await engine.open(location);
  const changes: Record<string, [string, (string | null)[]]> = {
    'keeps no texts': ['update history_account set keeps_bodies = 0', [null]],
    'keeps fewer days': ['update history_account set days = 1', []],
    'is disabled': ['update history_account set enabled = 0', []],
    'is removed': ['delete from history_account', []],
  };
  const date = new Date(Date.now() - 10 * 86_400_000).toUTCString().replace('GMT', '+0000');
  const messages = [wireMessage({ date_created: date, date_sent: date, date_updated: date, body: 'text' })];
  const waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted";
  const client = new pg.Client({ connectionString: location });
  await client.connect();
  for (const [index, [name, [change, texts]]] of Object.entries(changes).entries()) {
    const accountSid = `AC${String(index).repeat(32)}`;
    await store.setPolicy(policyOf(accountSid));
    const own = `(select id::int from history_account where sid = '${accountSid}')`;
    // As the other gateway does while it erases.
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(746767, ${own})`);
    const saving = store.savePage({ accountSid, messages, readAt: new Date() });
    await vi.waitFor(async () => expect((await client.query(waiting)).rows).toHaveLength(1));
    await client.query(`${change} where sid = '${accountSid}'`);
    await client.query('commit');
    await saving;
    const { rows } = await client.query('delete from history_message returning body');
    expect([name, ...rows.map(({ body }) => body)]).toEqual([name, ...texts]);
  }
  await client.end();
  await store.close();
});

test('statements that recur are prepared, where the connection keeps them', async () => {
  const pool = prepareRecurring(openPool({ connectionString: await engine.empty() }, 1));
  const run = async (text: string, values: readonly unknown[] = []) => {
    const client = await pool.connect();
    const result = await client.query(text, values).finally(() => client.release());
    return result.rows as readonly Record<string, unknown>[];
  };
  const prepared = async () => {
    const rows = await run(`select statement from pg_prepared_statements -- ${Math.random()}`);
    return rows.map(({ statement }) => statement);
  };
  const double = 'select $1::int * 2 as double';
  const search = "select 'text' like $1 as found";
  for (const value of [1, 2, 3]) {
    expect(await run(double, [value])).toEqual([{ double: value * 2 }]);
    expect(await run(search, ['t%'])).toEqual([{ found: true }]);
  }
  expect(await prepared()).toEqual([double]);
  // As a pooler does that gives the next statement another connection.
  await run('deallocate all');
  expect(await run(double, [4])).toEqual([{ double: 8 }]);
  for (const value of [5, 6, 7]) expect(await run(double, [value])).toEqual([{ double: value * 2 }]);
  expect(await prepared()).toEqual([]);
  await pool.end();
});

test('a caller of many different reads does not fill the server with prepared statements', async () => {
  const pool = prepareRecurring(openPool({ connectionString: await engine.empty() }, 1));
  const client = await pool.connect();
  for (let index = 0; index < 300; index += 1) {
    for (let time = 0; time < 3; time += 1) await client.query(`select ${index} as a`, []);
  }
  const { rows } = await client.query('select count(*)::int as count from pg_prepared_statements', []);
  expect(rows).toEqual([{ count: 200 }]);
  client.release();
  await pool.end();
});

test('a statement that was prepared is executed after a column was added', async () => {
  const pool = prepareRecurring(openPool({ connectionString: await engine.empty() }, 1));
  const run = async (text: string) => {
    const client = await pool.connect();
    return client.query(text, []).finally(() => client.release());
  };
  await run('create table grown (a int)');
  for (const _ of [1, 2, 3]) await run('select * from grown');
  await run('alter table grown add column b int');
  expect((await run('select * from grown')).rows).toEqual([]);
  await pool.end();
});
