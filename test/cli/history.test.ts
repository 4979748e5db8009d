import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { adding, cli, type Home, json, openHome } from './kit.ts';

let home: Home;
beforeAll(async () => {
  home = await openHome();
});
afterAll(() => home.close());

const record = (number: number, accountSid: string) => ({
  sid: `SM${number.toString(16).padStart(32, '0')}`,
  account_sid: accountSid,
  body: 'planted text',
  from: '+12125550100',
  to: '+12125550101',
  direction: 'outbound-api',
  status: 'delivered',
  date_created: '2024-02-01T10:00:00Z',
  date_sent: '2024-02-01T10:00:01Z',
  date_updated: '2024-02-01T10:00:02Z',
});

/** Settings with a history, and the credential "desk". */
async function desk() {
  const env = { ...home.settings(), HISTORY: 'on', HISTORY_FILE: join(home.directory, 'history.db') };
  const added = await cli(adding('desk', home.parent), env, home.parent.clientSecret);
  expect(added.code, added.stderr).toBe(0);
  return env;
}

describe('the command history', () => {
  test('enables, imports, pauses, disables, rebuilds and erases a copy', async () => {
    const env = await desk();
    const run = async (...args: string[]) => {
      const ran = await cli(['history', ...args, '--json'], env);
      expect(ran.code, ran.stderr).toBe(0);
      return json(ran.stdout);
    };
    expect(await run('status')).toMatchObject([{ nickname: 'desk', state: 'OFF', messages: 0 }]);
    expect(await run('enable', 'desk')).toMatchObject({
      state: 'BACKFILLING',
      keepsBodies: true,
      days: null,
    });

    const { accountSid } = home.parent;
    const file = join(home.directory, '2024-02-01.json.gz');
    const more = join(home.directory, '2024-02-02.json');
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => JSON.stringify(record(from + index, accountSid))).join(
        '\n',
      );
    writeFileSync(file, gzipSync(lines(0, 1_500)));
    writeFileSync(more, lines(1_400, 1_600));
    expect(await run('import', file, more)).toEqual([
      { file, read: 1500, inserted: 1500, updated: 0 },
      { file: more, read: 200, inserted: 100, updated: 0 },
    ]);
    expect(await run('status', 'desk')).toMatchObject({ messages: 1600 });
    expect(await run('enable', 'desk', '--without-bodies', '--paused')).toMatchObject({
      state: 'PAUSED',
      keepsBodies: false,
      messages: 1600,
    });
    expect(await run('disable', 'desk')).toMatchObject({ state: 'OFF', keepsBodies: false, messages: 1600 });
    expect(await run('rebuild', 'desk', '--yes')).toMatchObject({ enabled: true, messages: 0 });
    expect(await run('enable', 'desk', '--days', '30')).toMatchObject({ days: 30 });
    expect(await run('erase', 'desk', '--yes')).toMatchObject({ state: 'OFF', messages: 0 });
    const table = await cli(['history', 'status'], env);
    expect(table.stdout).toMatch(/^NICKNAME +ACCOUNT +STATE/);
    const audit = json((await cli(['audit', 'list', '--json'], env)).stdout) as { action: string }[];
    expect(audit.map(({ action }) => action).filter((action) => action.startsWith('history'))).toEqual([
      'history.erase',
      'history.policy',
      'history.rebuild',
      'history.policy',
      'history.policy',
      'history.import',
      'history.import',
      'history.policy',
    ]);
  }, 120_000);

  test('--wait ends when the copy is current', async () => {
    const env = { ...(await desk()), HISTORY_FILE: join(home.directory, 'waited.db') };
    const waiting = cli(['history', 'enable', 'desk', '--wait', '--json'], env);
    const history = await openSqliteHistory(env.HISTORY_FILE);
    const { accountSid } = home.parent;
    await expect.poll(() => history.policy(accountSid), { timeout: 30_000 }).not.toBeNull();
    await history.planSlices([
      { accountSid, key: 'a', since: null, until: null, rank: 0, dueAt: new Date(0) },
    ]);
    const [slice] = await history.claimSlices({ leaseMs: 60_000, limit: 1 });
    if (!slice) throw new Error('no slice');
    const now = new Date();
    await history.savePage({
      accountSid,
      messages: [],
      readAt: now,
      currentAt: now,
      slice: { lease: slice.lease, done: { dueAt: null } },
    });
    const { code, stdout, stderr } = await waiting;
    expect(code, stderr).toBe(0);
    expect(json(stdout)).toMatchObject({ state: 'CURRENT', slicesDone: 1 });
    await history.close();
  }, 60_000);

  test.each([
    [['erase', 'desk'], 'USAGE', 2],
    [['rebuild', 'desk'], 'USAGE', 2],
    [['enable', 'desk', '--days', 'many'], 'USAGE', 2],
    [['enable', 'desk', '--days', '0'], 'BAD_USER_INPUT', 1],
    [['enable', 'desk', '--wait', '--paused'], 'USAGE', 2],
    [['status', '--wait'], 'USAGE', 2],
    [['enable', 'nobody'], 'CREDENTIAL_UNKNOWN', 1],
    [['import', 'no-such-file.gz'], 'FILE_NOT_FOUND', 1],
    [['import', 'package.json'], 'BAD_USER_INPUT', 1],
  ])(
    '%j is %s',
    async (args, code, exitCode) => {
      const env = await desk();
      const ran = await cli(['history', ...args, '--json'], env);
      expect(json(ran.stderr).error, ran.stderr).toMatchObject({ code });
      expect(ran.code).toBe(exitCode);
    },
    60_000,
  );

  test('without HISTORY nothing is kept, and the command says so', async () => {
    const env = { ...(await desk()), HISTORY: 'off' };
    const ran = await cli(['history', 'enable', 'desk', '--json'], env);
    expect(json(ran.stderr).error).toMatchObject({ code: 'HISTORY_STORE_MISSING' });
  }, 60_000);
});
