import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { adding, cli, type Home, json, openHome } from './kit.ts';

// Starts many processes in sequence.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
let home: Home;
beforeAll(async () => {
  home = await openHome();
});
afterAll(() => home.close());

test.concurrent('a credential is added, listed, checked, renamed, rotated and removed', async ({
  expect,
}) => {
  const env = home.settings();
  const { parent, sandbox } = home;
  const run = (args: string[], stdin?: string) => cli(['credential', ...args], env, stdin);

  const tried = await run(['check', '--client-id', parent.clientId, '--json'], `${parent.clientSecret}\n`);
  expect(json(tried.stdout)).toMatchObject({
    accountSid: parent.accountSid,
    accountFriendlyName: 'Northwind',
    permissions: [
      { permission: 'USAGE_LIST', twilioName: '/twilio/usage/records/list', granted: true },
      { permission: 'MESSAGES_READ', granted: true },
      { permission: 'MESSAGES_LIST', granted: true },
      { permission: 'MEDIA_LIST', twilioName: '/twilio/messaging/media/list', granted: true },
      { permission: 'ACCOUNTS_READ', granted: true },
      { permission: 'ACCOUNTS_LIST', granted: true },
    ],
  });
  const nothing = await run(['list']);
  expect(nothing.stdout).toBe('There is no credential. Add one: npm run cli -- credential add\n');

  const added = await cli([...adding('Support desk', parent), '--json'], env, `${parent.clientSecret}\r\n`);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const credential = json(added.stdout);
  expect(credential).toMatchObject({
    nickname: 'Support desk',
    accountSid: parent.accountSid,
    clientId: parent.clientId,
    source: 'store',
    secretVersion: 1,
    refused: null,
    dateCreated: expect.stringMatching(ISO),
  });
  expect(credential.permissions).toHaveLength(6);

  // After a permission is removed, the check reports it, and so does the list afterwards.
  sandbox.setPermissions(
    parent.clientId,
    parent.permissions.filter((name) => !name.endsWith('accounts/list')),
  );
  const checked = await run(['check', 'support DESK']);
  expect(checked.code).toBe(0);
  expect(checked.stderr).toContain(`Database: ${env.DATABASE_FILE}.`);
  expect(checked.stdout).toMatch(/^ +accounts\.list: missing$/m);
  expect(checked.stdout).toMatch(/^ +accounts\.read: granted$/m);
  expect(checked.stdout).toMatch(/^ +media\.list: granted$/m);
  expect(checked.stderr).toContain('/twilio/iam/accounts/list');
  const listed = await run(['list']);
  const [heading = '', row = '', ...rest] = listed.stdout.trimEnd().split('\n');
  expect(rest).toEqual([]);
  expect(heading).toMatch(/^NICKNAME +ACCOUNT +PERMISSIONS +HEALTH +KEPT IN +ID$/);
  expect(row).toContain('all but accounts.list');
  expect(row.indexOf('all but')).toBe(heading.indexOf('PERMISSIONS'));

  const renamed = await run(['rename', credential.id, '--nickname', 'desk', '--json']);
  expect(json(renamed.stdout)).toMatchObject({ id: credential.id, nickname: 'desk' });

  // After a rotation at Twilio, the stored secret is refused and marked; rotating to a wrong one changes nothing.
  const newSecret = sandbox.rotateSecret(parent.clientId);
  const refused = await run(['check', 'desk', '--json']);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(json(refused.stderr)).toMatchObject({ error: { code: 'CREDENTIAL_REFUSED' } });
  expect(json((await run(['list', '--json'])).stdout)).toMatchObject([
    { refused: { at: expect.stringMatching(ISO), code: expect.any(Number) } },
  ]);
  expect((await run(['list'])).stdout).toMatch(/refused by Twilio \(\d+\) since \d{4}-/);
  const wrong = await run(['rotate', 'desk'], 'no-secret-of-this-app-at-all');
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain('Twilio refused the credential');
  const rotated = await run(['rotate', 'desk', '--json'], newSecret);
  expect(json(rotated.stdout)).toMatchObject({ id: credential.id, secretVersion: 2, refused: null });
  expect((await run(['check', 'desk'])).code).toBe(0);

  const unconfirmed = await run(['remove', 'desk']);
  expect(unconfirmed).toMatchObject({ code: 2, stdout: '' });
  expect(unconfirmed.stderr).toContain('--yes');
  const removed = await run(['remove', 'desk', '--yes', '--json']);
  expect(json(removed.stdout)).toEqual({ id: credential.id, nickname: 'desk', removed: true });
  expect(json((await run(['list', '--json'])).stdout)).toEqual([]);
});

test.concurrent("without TWILIO_* the credentials are the embedded sandbox's, and checks need no server", async ({
  expect,
}) => {
  const { active } = home;
  const env = { DATABASE_FILE: `${home.directory}/embedded/sandbox.db` };
  const listed = await cli(['credential', 'list', '--json'], env);
  expect(json(listed.stdout)).toMatchObject([
    { nickname: 'sandbox', source: 'settings' },
    { nickname: 'sandbox-subaccount', source: 'settings' },
  ]);
  // The first start generates an encryption key and reports its file.
  expect(listed.stderr).toContain(`${env.DATABASE_FILE}.key`);
  const added = await cli(adding('lending', active), env, active.clientSecret);
  expect(added).toMatchObject({ code: 0, stderr: `Database: ${env.DATABASE_FILE}.\n` });
  expect(added.stdout).toContain(active.accountSid);
  expect((await cli(['credential', 'check', 'lending'], env)).stdout).toMatch(/^Health +ok$/m);
});

test.concurrent("Twilio's refusal is stored although another process holds the write lock of the database", async ({
  expect,
}) => {
  const env = home.settings();
  await cli(adding('lending', home.active), env, home.active.clientSecret);
  const database = new DatabaseSync(env.DATABASE_FILE ?? '');
  const server = createServer((_request, response) => {
    database.exec('begin immediate');
    setTimeout(() => database.exec('commit'), 500);
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"code": 322402, "message": "Invalid client secret", "status": 401}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const refusing = { ...env, TWILIO_OAUTH_URL: `http://127.0.0.1:${port}` };
  expect((await cli(['credential', 'check', 'lending'], refusing)).code).toBe(1);
  server.close();
  database.close();
  expect((await cli(['credential', 'list'], env)).stdout).toContain('refused by Twilio (322402)');
});
