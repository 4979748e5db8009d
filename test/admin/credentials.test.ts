import { describe, expect, test } from 'vitest';
import { accountOfToken } from '../../src/auth/access-tokens.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { CACHE, createKit, noErrors } from '../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';

const CHECK = `mutation($input: CheckCredentialInput!) {
  checkCredential(input: $input) { accountSid accountFriendlyName permissions { permission granted twilioName } }
}`;
const ADD =
  'mutation($input: AddCredentialInput!) { addCredential(input: $input) { id nickname accountSid clientId } }';

describe('adding a credential', () => {
  test('check returns the account and stores nothing; add stores a working credential', async () => {
    const kit = await createManagedKit();
    const { parent } = kit.sandbox.accounts;
    const { clientId, clientSecret } = kit.sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
    const checked = noErrors(await kit.admin(CHECK, { input: { clientId, clientSecret } }));
    expect(checked.data.checkCredential).toMatchObject({
      accountSid: parent.sid,
      accountFriendlyName: parent.friendlyName,
    });
    expect(checked.data.checkCredential.permissions).toHaveLength(6);
    expect(await kit.store.list()).toEqual([]);

    const input = { nickname: 'Case desk', clientId, clientSecret };
    const { data } = noErrors(await kit.admin(ADD, { input }));
    expect(data.addCredential).toMatchObject({ nickname: 'Case desk', accountSid: parent.sid, clientId });
    const read = noErrors(await kit.admin('{ messages(first: 1) { nodes { accountSid } } }'));
    expect(read.data.messages.nodes).toEqual([{ accountSid: parent.sid }]);
  });

  test('stores the checked permissions; recheck updates them', async () => {
    const kit = await createManagedKit();
    const clientId = kit.sandbox.apps[0]?.clientId ?? '';
    kit.sandbox.setPermissions(clientId, ['/twilio/messaging/messages/list', '/twilio/iam/accounts/read']);
    const id = await kit.addCredential('desk');
    const query = '{ credentials { permissions { permission granted checkedAt } } }';
    const before = noErrors(await kit.admin(query)).data.credentials[0].permissions;
    expect(
      before
        .filter((one: { granted: boolean }) => one.granted)
        .map((one: { permission: string }) => one.permission),
    ).toEqual(['MESSAGES_LIST', 'ACCOUNTS_READ']);
    kit.sandbox.setPermissions(clientId, ['/twilio/messaging/*', '/twilio/iam/*', '/twilio/usage/*']);
    noErrors(await kit.admin('mutation($id: ID!) { recheckCredential(id: $id) { id } }', { id }));
    const after = noErrors(await kit.admin(query)).data.credentials[0].permissions;
    expect(after.every((one: { granted: boolean }) => one.granted)).toBe(true);
    expect(after[0].checkedAt >= before[0].checkedAt).toBe(true);
  });

  test('makes the credential usable within the same request', async () => {
    const kit = await createManagedKit();
    const { clientId, clientSecret } = kit.sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
    const add =
      'mutation($input: AddCredentialInput!) { addCredential(input: $input) { permissions { granted } account { sid } } }';
    const { data } = noErrors(await kit.admin(add, { input: { nickname: 'desk', clientId, clientSecret } }));
    expect(data.addCredential).toEqual({
      permissions: Array(6).fill({ granted: true }),
      account: { sid: kit.sandbox.accounts.parent.sid },
    });
  });

  test('a recheck bypasses the cache', async () => {
    const kit = await createManagedKit({ sandbox: { messages: 0 }, config: { cache: CACHE } });
    kit.sandbox.addMessage('parent');
    const id = await kit.addCredential('desk');
    const recheck = 'mutation($id: ID!) { recheckCredential(id: $id) { permissions { granted } } }';
    const granted = async () =>
      noErrors(await kit.admin(recheck, { id })).data.recheckCredential.permissions.map(
        (one: { granted: boolean }) => one.granted,
      );
    expect(await granted()).toEqual(Array(6).fill(true));
    kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', []);
    expect(await granted()).toEqual(Array(6).fill(false));
  });

  test.each([
    ['a secret Twilio refuses', { clientSecret: 'wrong-secret-0123456789' }, 'CREDENTIAL_REFUSED', undefined],
    [
      "an account that is not the token's",
      { accountSid: `AC${'0'.repeat(32)}` },
      'ACCOUNT_MISMATCH',
      'accountSid',
    ],
    ['a malformed client id', { clientId: 'SK0123' }, 'BAD_USER_INPUT', 'clientId'],
    ['an empty secret', { clientSecret: ' ' }, 'BAD_USER_INPUT', 'clientSecret'],
    ['an empty nickname', { nickname: '  ' }, 'BAD_USER_INPUT', 'nickname'],
    ['a nickname that is too long', { nickname: 'n'.repeat(65) }, 'BAD_USER_INPUT', 'nickname'],
    ['a nickname that is not valid in a header', { nickname: 'caf\u00e9' }, 'BAD_USER_INPUT', 'nickname'],
    ['a nickname that is taken', { nickname: 'TAKEN' }, 'NICKNAME_TAKEN', 'nickname'],
  ])('%s: %o gives %s', async (_name, change, code, argument) => {
    const kit = await createManagedKit();
    await kit.addCredential('taken', 1);
    const { clientId, clientSecret } = kit.sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
    const { errors } = await kit.admin(ADD, {
      input: { nickname: 'new', clientId, clientSecret, ...change },
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(argument ? { argument } : {}) });
    expect(JSON.stringify(errors)).not.toContain(clientSecret);
    expect(await kit.store.list()).toHaveLength(1);
    // Checked with a nickname, nothing is wrong only afterwards.
    const checked = await kit.admin(CHECK, { input: { nickname: 'new', clientId, clientSecret, ...change } });
    expect(checked.errors?.[0]?.extensions.code).toBe(code);
  });

  test('a token may not name its account', () => {
    expect(accountOfToken('opaque')).toBeNull();
    expect(
      accountOfToken(`x.${Buffer.from('{"act":{"sub":"trn:us1:iam:account:ACx"}}').toString('base64url')}.y`),
    ).toBeNull();
  });
});

describe('rotating a secret', () => {
  const ROTATE =
    'mutation($id: ID!, $clientSecret: String!) { rotateCredentialSecret(id: $id, clientSecret: $clientSecret) { id } }';

  test('a refused secret marks the credential; a new one clears the mark and works', async () => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('desk');
    const clientId = kit.sandbox.apps[0]?.clientId ?? '';
    const fresh = kit.sandbox.rotateSecret(clientId);
    kit.sandbox.revokeTokens();
    const refused = await kit.admin('{ account { sid } }');
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CREDENTIAL_REFUSED', credential: 'desk' });
    await expect
      .poll(async () => (await kit.admin('{ credentials { refusedAt } }')).data.credentials[0].refusedAt)
      .toMatch(/^\d{4}-/);

    noErrors(await kit.admin(ROTATE, { id, clientSecret: fresh }));
    noErrors(await kit.admin('{ account { sid } }'));
    expect((await kit.admin('{ credentials { refusedAt } }')).data.credentials[0].refusedAt).toBeNull();
  });

  test('a new secret that Twilio refuses leaves the old one in place', async () => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('desk');
    const { errors } = await kit.admin(ROTATE, { id, clientSecret: 'not-the-secret-of-anything' });
    expect(errors?.[0]?.extensions.code).toBe('CREDENTIAL_REFUSED');
    noErrors(await kit.admin('{ account { sid } }'));
  });

  test('in-flight requests finish with the old secret', async () => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('desk');
    noErrors(await kit.admin('{ account { sid } }'));
    kit.sandbox.set({ latencyMs: 200 });
    const running = kit.admin('{ messages(first: 2) { nodes { sid } } }');
    const fresh = kit.sandbox.rotateSecret(kit.sandbox.apps[0]?.clientId ?? '');
    noErrors(await kit.admin(ROTATE, { id, clientSecret: fresh }));
    expect(noErrors(await running).data.messages.nodes).toHaveLength(2);
  });

  test("requests share Twilio's refusal of a secret instead of trying it each", async () => {
    const kit = await createManagedKit();
    await kit.addCredential('desk');
    kit.sandbox.rotateSecret(kit.sandbox.apps[0]?.clientId ?? '');
    kit.sandbox.revokeTokens();
    kit.sandbox.clearCalls();
    for (let count = 0; count < 20; count += 1) {
      expect((await kit.admin('{ account { sid } }')).errors?.[0]?.extensions.code).toBe(
        'CREDENTIAL_REFUSED',
      );
    }
    const tokenRequests = kit.sandbox.calls.filter(({ path }) => path.startsWith('/v2/token'));
    expect(tokenRequests.length).toBeLessThanOrEqual(3);
  });
});

describe('ids and settings', () => {
  test('an unknown id or the id of another type is an error', async () => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('desk');
    noErrors(await kit.admin('mutation($id: ID!) { removeCredential(id: $id) }', { id }));
    const gone = await kit.admin('mutation($id: ID!) { renameCredential(id: $id, nickname: "x") { id } }', {
      id,
    });
    expect(gone.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const other = await kit.admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id });
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'id' });
  });

  test('a credential from the settings is read-only', async () => {
    const sandbox = createSandbox({ messages: 50 });
    const kit = createKit({
      over: sandbox,
      store: createFixedStore([...sandbox.apps]),
      config: { adminKey: ADMIN_KEY },
    });
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const { data } = noErrors(await kit.query('{ credentials { id } }', {}, headers));
    const { errors } = await kit.query(
      'mutation($id: ID!) { removeCredential(id: $id) }',
      { id: data.credentials[0].id },
      headers,
    );
    expect(errors?.[0]?.extensions.code).toBe('READ_ONLY');
  });
});

test('the audit log contains every change, without secrets', async () => {
  const kit = await createManagedKit();
  const id = await kit.addCredential('desk');
  noErrors(
    await kit.admin('mutation($id: ID!) { renameCredential(id: $id, nickname: "front") { id } }', { id }),
  );
  const key = await kit.readerKey([id]);
  noErrors(await kit.admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id: key.id }));
  const entries = await kit.store.listAudit({ limit: 10 });
  expect(entries.map(({ action, actor }) => [actor, action])).toEqual([
    ['GATEWAY_ADMIN_KEY', 'api-key.revoke'],
    ['GATEWAY_ADMIN_KEY', 'api-key.create'],
    ['GATEWAY_ADMIN_KEY', 'credential.rename'],
    ['GATEWAY_ADMIN_KEY', 'credential.add'],
  ]);
  const written = JSON.stringify(entries) + kit.lines.join('');
  expect(written).not.toContain(kit.sandbox.apps[0]?.clientSecret ?? 'missing');
  expect(written).not.toContain(key.authorization.slice('Bearer '.length));
});
