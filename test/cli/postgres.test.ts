import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPostgres, type TestPostgres } from '../store/postgres.ts';
import { adding, cli, type Home, json, openHome } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let home: Home;
let postgres: TestPostgres;
beforeAll(async () => {
  [home, postgres] = await Promise.all([openHome(), startPostgres()]);
});
afterAll(() => Promise.all([home.close(), postgres.close()]));

test('with DATABASE_URL everything is in PostgreSQL, and commands exit without open connections', async () => {
  const { DATABASE_FILE, ...settings } = home.settings();
  const env = { ...settings, DATABASE_URL: await postgres.createDatabase() };
  const { clientId, clientSecret } = home.parent;
  // Two concurrent commands on an empty database: one adds the nickname, the other finds it taken.
  const both = await Promise.all([1, 2].map(() => cli(adding('support', { clientId }), env, clientSecret)));
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  const key = await cli(['api-key', 'create', '--name', 'tool', '--credential', 'support', '--json'], env);
  const listed = await cli(['credential', 'list', '--json'], env);
  expect(json(listed.stdout)).toMatchObject([{ nickname: 'support', source: 'store' }]);
  expect(json(key.stdout).apiKey.credentialIds).toEqual([json(listed.stdout)[0].id]);

  home.sandbox.rotateSecret(clientId);
  expect((await cli(['credential', 'check', 'support'], env)).code).toBe(1);
  expect((await cli(['credential', 'list'], env)).stdout).toContain('refused by Twilio');
});
