import { describe, expect, test } from 'vitest';
import { basic, bearer, sandboxKit } from './kit.ts';

const kit = sandboxKit();
const { sandbox, parent, active, parentApp, activeApp, messages, get, getError } = kit;
const { suspended, closed } = sandbox.accounts;
const account = (sid: string) => `/2010-04-01/Accounts/${sid}.json`;
const messagesOf = (sid: string) => `/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1`;
const MISSING = 'Authorization Error: required permission twilio/messaging/messages/list is missing';

describe('basic credentials', () => {
  test.each([
    ['none', '', 'Authentication Error - No credentials provided'],
    ['a strange name', basic('someone', 'x'), 'Authentication Error - invalid username'],
    ['a wrong token', basic(parent.sid, 'x'), 'Authenticate'],
    ["another account's token", basic(parent.sid, active.authToken), 'Authenticate'],
  ])('%s: 401/20003', async (_, authorization, message) => {
    expect(await getError(messages, authorization)).toMatchObject({
      status: 401,
      body: { code: 20003, message },
    });
  });

  test("a parent's auth token reads all its subaccounts, including suspended and closed ones", async () => {
    for (const { sid } of [active, suspended, closed]) {
      expect((await get(messagesOf(sid))).body.messages[0]?.account_sid).toBe(sid);
      expect((await get(account(sid))).status).toBe(200);
    }
  });

  test('a subaccount reads neither its parent nor its siblings', async () => {
    const own = basic(active.sid, active.authToken);
    expect((await get(messagesOf(active.sid), own)).status).toBe(200);
    expect((await getError(messagesOf(parent.sid), own)).body.code).toBe(20003);
    expect((await getError(messagesOf(closed.sid), own)).body.code).toBe(20404);
    expect((await getError(messagesOf(`AC${'0'.repeat(32)}`), own)).body.code).toBe(20404);
  });

  test('a message is found under its own account only', async () => {
    const { body } = await get(messagesOf(active.sid));
    const path = body.messages[0]?.uri.replace(active.sid, parent.sid) ?? '';
    const answer = await getError(path);
    const message = `The requested resource ${path} was not found`;
    expect(answer).toMatchObject({ status: 404, body: { code: 20404, message } });
  });

  test('API keys read messages of their account; only a main key reads accounts', async () => {
    const main = basic(parent.apiKeys.main.sid, parent.apiKeys.main.secret);
    const standard = basic(parent.apiKeys.standard.sid, parent.apiKeys.standard.secret);
    expect((await get(messages, main)).status).toBe(200);
    expect((await get(messages, standard)).status).toBe(200);
    expect((await getError(messagesOf(active.sid), main)).body.code).toBe(20003);
    expect((await get('/2010-04-01/Accounts.json', main)).body.accounts[0]).toMatchObject({ auth_token: '' });
    for (const path of ['/2010-04-01/Accounts.json', account(parent.sid)]) {
      expect(await getError(path, standard)).toMatchObject({ status: 401, body: { code: 20003 } });
    }
  });

  test("a suspended account's own credentials are rejected", async () => {
    const own = basic(suspended.sid, suspended.authToken);
    expect(await getError(messagesOf(suspended.sid), own)).toMatchObject({
      status: 401,
      body: { code: 20003 },
    });
    sandbox.set({ inactiveAccountCode: 20403 });
    expect(await getError(messagesOf(suspended.sid), own)).toMatchObject({
      status: 403,
      body: { code: 20403 },
    });
    sandbox.set({ inactiveAccountCode: 20003 });
  });
});

test('suspending or closing the parent disables its subaccounts', async () => {
  const other = sandboxKit();
  const callers = [
    basic(other.active.sid, other.active.authToken),
    await bearer(other.sandbox, other.activeApp),
  ];
  for (const status of ['suspended', 'closed', 'active'] as const) {
    other.parent.status = status;
    for (const who of callers) {
      const answer = await other.get<object>(account(other.active.sid), who);
      expect(answer).toMatchObject(
        status === 'active' ? { status: 200 } : { status: 401, body: { code: 20003 } },
      );
    }
  }
});

describe('an OAuth app', () => {
  test('opens its own account', async () => {
    const token = await bearer(sandbox, activeApp);
    expect((await get(messagesOf(active.sid), token)).status).toBe(200);
    expect((await get(account(active.sid), token)).body).toMatchObject({ sid: active.sid });
  });

  test.each([
    ["the parent's on a subaccount", parentApp, messagesOf(active.sid)],
    ["a subaccount's on the parent", activeApp, messagesOf(parent.sid)],
    ['any on an unknown account', parentApp, messagesOf(`AC${'0'.repeat(32)}`)],
  ])('opens no other account: %s', async (_, app, path) => {
    const token = await bearer(sandbox, app);
    expect(await getError(path, token)).toMatchObject({
      status: 401,
      body: { code: 70051, message: MISSING },
    });
    sandbox.set({ otherAccountCode: 20003, missingPermissionStatus: 403 });
    expect(await getError(path, token)).toMatchObject({ status: 401, body: { code: 20003 } });
    sandbox.set({ otherAccountCode: 70051 });
    expect(await getError(path, token)).toMatchObject({ status: 403, body: { code: 70051 } });
    sandbox.set({ missingPermissionStatus: 401 });
  });

  test('needs a separate permission for each resource', async () => {
    const app = sandbox.addApp({ accountSid: parent.sid, permissions: [] });
    const token = await bearer(sandbox, app);
    const { body } = await get(`${messages}?PageSize=1`);
    const one = body.messages[0];
    const needs: [string, string][] = [
      [messages, '/twilio/messaging/messages/list'],
      [one?.uri ?? '', '/twilio/messaging/messages/read'],
      [one?.subresource_uris.media ?? '', '/twilio/messaging/media/list'],
      [`/2010-04-01/Accounts/${parent.sid}/Usage/Records/Daily.json`, '/twilio/usage/records/list'],
      ['/2010-04-01/Accounts.json', '/twilio/iam/accounts/list'],
      [account(parent.sid), '/twilio/iam/accounts/read'],
    ];
    for (const [path, permission] of needs) {
      const others = needs.map(([, name]) => name).filter((name) => name !== permission);
      sandbox.setPermissions(app.clientId, others);
      const answer = await getError(path, token);
      const message = `Authorization Error: required permission ${permission.slice(1)} is missing`;
      expect(answer).toMatchObject({ status: 401, body: { code: 70051, message } });
      sandbox.setPermissions(app.clientId, [permission]);
      expect((await get(path, token)).status).toBe(200);
    }
    sandbox.setPermissions(app.clientId, ['/twilio/messaging/*']);
    expect((await get(messages, token)).status).toBe(200);
    expect((await getError(account(parent.sid), token)).body.code).toBe(70051);
    sandbox.setPermissions(app.clientId, ['/twilio/mess/*']);
    expect((await getError(messages, token)).body.code).toBe(70051);
  });

  test('without the permission cannot tell whether a message exists', async () => {
    const app = sandbox.addApp({ accountSid: parent.sid, permissions: [] });
    const path = messages.replace('.json', `/SM${'0'.repeat(32)}.json`);
    const token = await bearer(sandbox, app);
    expect((await getError(path, token)).body.code).toBe(70051);
    sandbox.setPermissions(app.clientId, ['/twilio/messaging/messages/read']);
    expect((await getError(path, token)).body.code).toBe(20404);
  });

  test('of a closed account is rejected', async () => {
    const token = await bearer(sandbox, sandbox.addApp({ accountSid: closed.sid }));
    expect((await getError(messagesOf(closed.sid), token)).body.code).toBe(20003);
  });
});

test('only GET is allowed', async () => {
  const authorization = basic(parent.sid, parent.authToken);
  const response = await sandbox.fetch(messages, {
    method: 'POST',
    headers: { authorization },
    body: 'To=x',
  });
  expect(response.status).toBe(405);
  expect(await response.json()).toMatchObject({ code: 20004, message: 'Method not allowed' });
});

test('a path without .json returns XML', async () => {
  const authorization = basic(parent.sid, parent.authToken);
  const path = messages.replace('.json', '?PageSize=1');
  const good = await sandbox.fetch(path, { headers: { authorization } });
  expect(good.headers.get('content-type')).toBe('application/xml');
  expect(await good.text()).toMatch(
    new RegExp(`<Messages><Message><Body>.*<AccountSid>${parent.sid}</AccountSid>.*</Message></Messages>`),
  );
  const bad = await sandbox.fetch(path);
  expect(bad.status).toBe(401);
  expect(await bad.text()).toContain('<RestException><Code>20003</Code>');
});
