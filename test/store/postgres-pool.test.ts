import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { discardBroken } from '../../src/store/sql/postgres-pool.ts';
import { query, startPostgres, type TestPostgres } from './postgres.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);

afterAll(() => postgres.close());

test('a connection that the server closes between two statements crashes nothing and is replaced', async () => {
  const url = await postgres.createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => {});
  const guarded = discardBroken(pool);

  const client = await guarded.connect();
  const run = (text: string) =>
    client.query(text as never, [] as never) as unknown as Promise<pg.QueryResult>;
  const { rows } = await run('select pg_backend_pid() as pid');
  // An error event without a listener would fail this test as an uncaught exception.
  await query(url, `select pg_terminate_backend(${rows[0].pid})`);
  await expect
    .poll(async () =>
      run('select 1').then(
        () => 'works',
        () => 'broken',
      ),
    )
    .toBe('broken');
  client.release();

  const next = await guarded.connect();
  expect(
    ((await next.query('select 2 as two' as never, [] as never)) as unknown as pg.QueryResult).rows,
  ).toEqual([{ two: 2 }]);
  next.release();
  await guarded.end();
});
