import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { run } from './process.ts';
import { askGateway, openShared, type RunningGateway } from './shared.ts';

const ADMIN_KEY = 'planted-admin-key-of-two-gateways-0123456789';
const sandbox = createSandbox({ messages: 100 });
let shared: Awaited<ReturnType<typeof openShared>>;
const gateways: RunningGateway[] = [];

beforeAll(async () => {
  shared = await openShared(sandbox, { GATEWAY_ADMIN_KEY: ADMIN_KEY });
  // Both start on an empty database at the same time.
  gateways.push(...(await Promise.all([shared.start(), shared.start()])));
}, 60_000);

afterAll(async () => {
  for (const { program } of gateways) {
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
  }
  await shared.close();
}, 60_000);

const send = (gateway: number, query: string, variables: object = {}, token = ADMIN_KEY) =>
  askGateway(gateways[gateway], query, variables, token);

describe('two gateways on one PostgreSQL', () => {
  test('a credential added on one is used on the other within 2 s; a revoked key is rejected by both', async () => {
    const { clientId, clientSecret } = sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
    const added = await send(
      0,
      'mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }',
      {
        input: { nickname: 'desk', clientId, clientSecret },
      },
    );
    expect(added.errors).toBeUndefined();
    const made = await send(
      0,
      'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id } } }',
      { input: { name: 'dashboard', credentialIds: [added.data.addCredential.id] } },
    );
    const { token, apiKey } = made.data.createApiKey;

    const read = () => send(1, '{ messages(first: 2) { nodes { accountSid } } }', {}, token);
    const accountSid = sandbox.accounts.parent.sid;
    await expect
      .poll(async () => (await read()).data, { timeout: 2_000, interval: 50 })
      .toEqual({ messages: { nodes: [{ accountSid }, { accountSid }] } });

    // Revoked on the second, so that the first must be notified.
    expect(
      (await send(1, 'mutation($id: ID!) { revokeApiKey(id: $id) }', { id: apiKey.id })).errors,
    ).toBeUndefined();
    for (const gateway of [1, 0]) {
      await expect
        .poll(
          async () => (await send(gateway, '{ viewer { name } }', {}, token)).errors?.[0]?.extensions.code,
          {
            timeout: 2_000,
            interval: 50,
          },
        )
        .toBe('API_KEY_REVOKED');
    }
  });

  test('an unavailable database does not affect reads; changes fail with an error', async () => {
    expect((await send(0, '{ account { sid } }')).errors).toBeUndefined();
    await shared.postgres.halt();
    try {
      expect((await send(0, '{ account { sid } }')).data.account.sid).toBe(sandbox.accounts.parent.sid);
      const { data } = await send(0, '{ credentials { id } }');
      const renamed = await send(
        0,
        'mutation($id: ID!) { renameCredential(id: $id, nickname: "x") { id } }',
        {
          id: data.credentials[0].id,
        },
      );
      expect(renamed.errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
    } finally {
      await shared.postgres.resume();
    }
    await expect
      .poll(
        async () => {
          const { data } = await send(0, '{ credentials { id } }');
          const id = data.credentials[0].id;
          return (
            await send(
              0,
              'mutation($id: ID!) { renameCredential(id: $id, nickname: "front") { nickname } }',
              {
                id,
              },
            )
          ).data;
        },
        { timeout: 10_000, interval: 250 },
      )
      .toEqual({ renameCredential: { nickname: 'front' } });
  });

  test('neither printed a secret', () => {
    const printed = gateways.map(({ program }) => program.output()).join('');
    expect(printed).toContain('"audit"');
    for (const secret of [ADMIN_KEY, sandbox.apps[0]?.clientSecret ?? 'none'])
      expect(printed).not.toContain(secret);
    expect(printed).not.toMatch(/tgw_|eyJ/);
  });
});

test('an unavailable database at the start: one sentence without its password, exit code 1', async () => {
  const program = run(['scripts/start.mjs'], {
    PORT: '0',
    SANDBOX: 'off',
    DATABASE_URL: 'postgres://user:planted-password@127.0.0.1:1/none',
  });
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain('The database is not available');
  expect(program.output()).not.toContain('planted-password');
  expect(program.output()).not.toMatch(/\n\s+at /);
});

test('listening on a public address without any key: rejected with the missing settings', async () => {
  const program = run(['scripts/start.mjs'], { PORT: '0', HOST: '0.0.0.0', SANDBOX_MESSAGES: '10' });
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain('GATEWAY_ADMIN_KEY');
});
