import { generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { createKit, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { startIssuer } from './issuer.ts';

const VIEWER = '{ viewer { name role credentials { nickname } defaultCredential { nickname } } }';

describe('keys', () => {
  test('a missing, wrong, expired or revoked key gives 401, each with its own code', async () => {
    let now = Date.now();
    const kit = await createManagedKit({ now: () => now });
    const status = async (authorization?: string) => {
      const response = await kit.gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body: JSON.stringify({ query: VIEWER }),
      });
      const body = (await response.json()) as { data?: unknown; errors: { extensions: { code: string } }[] };
      expect(body.data ?? null).toBeNull();
      return [
        response.status,
        body.errors[0]?.extensions.code,
        response.headers.get('www-authenticate')?.split(' ')[0],
      ];
    };
    expect(await status()).toEqual([401, 'UNAUTHENTICATED', 'Bearer']);
    expect(await status('Bearer tgw_nobody')).toEqual([401, 'API_KEY_INVALID', 'Bearer']);
    expect(await status('Basic dXNlcjpwYXNz')).toEqual([401, 'API_KEY_INVALID', 'Bearer']);

    const expiring = await kit.readerKey([], { dateExpires: new Date(now + 1_000).toISOString() });
    now += 1_001;
    expect(await status(expiring.authorization)).toEqual([401, 'API_KEY_EXPIRED', 'Bearer']);

    const revoked = await kit.readerKey([]);
    noErrors(await kit.query(VIEWER, {}, { authorization: revoked.authorization }));
    noErrors(await kit.admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id: revoked.id }));
    expect(await status(revoked.authorization)).toEqual([401, 'API_KEY_REVOKED', 'Bearer']);
  });

  test('viewer returns the caller and the credentials it may use', async () => {
    const kit = await createManagedKit();
    await kit.addCredential('desk');
    const lending = await kit.addCredential('lending', 1);
    const { authorization } = await kit.readerKey([lending]);
    expect(noErrors(await kit.query(VIEWER, {}, { authorization })).data.viewer).toEqual({
      name: 'a dashboard',
      role: 'READER',
      credentials: [{ nickname: 'lending' }],
      defaultCredential: { nickname: 'lending' },
    });
    expect(noErrors(await kit.admin(VIEWER)).data.viewer).toMatchObject({
      role: 'ADMIN',
      credentials: [{ nickname: 'desk' }, { nickname: 'lending' }],
    });
  });

  test('a READER cannot call mutations or see keys', async () => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('desk');
    const { authorization, id: keyId } = await kit.readerKey([id]);
    const check = 'input: { clientId: "OQ0", clientSecret: "x" }';
    const forbidden = [
      `mutation { checkCredential(${check}) { accountSid } }`,
      'mutation { addCredential(input: { nickname: "x", clientId: "OQ0", clientSecret: "x" }) { id } }',
      `mutation { renameCredential(id: "${id}", nickname: "x") { id } }`,
      `mutation { rotateCredentialSecret(id: "${id}", clientSecret: "x") { id } }`,
      `mutation { recheckCredential(id: "${id}") { id } }`,
      `mutation { removeCredential(id: "${id}") }`,
      'mutation { createApiKey(input: { name: "x", role: ADMIN }) { token } }',
      `mutation { revokeApiKey(id: "${keyId}") }`,
      '{ apiKeys { name } }',
    ];
    for (const query of forbidden) {
      const { errors } = await kit.query(query, {}, { authorization });
      expect([query, errors?.[0]?.extensions.code]).toEqual([query, 'FORBIDDEN']);
    }
    expect(await kit.store.list()).toHaveLength(1);
    const { data } = await kit.query(`{ node(id: "${keyId}") { id } }`, {}, { authorization });
    expect(data).toEqual({ node: null });
  });

  test('the last use of a key is recorded without a write per request', async () => {
    const kit = await createManagedKit();
    const { authorization } = await kit.readerKey([]);
    for (let count = 0; count < 5; count += 1) noErrors(await kit.query(VIEWER, {}, { authorization }));
    expect((await kit.store.listApiKeys())[0]?.dateLastUsed).toBeNull();
    await kit.gateway.close();
    expect((await kit.store.listApiKeys())[0]?.dateLastUsed).toBeInstanceOf(Date);
  });
});

describe('without keys', () => {
  const ask = (kit: ReturnType<typeof createKit>, host: string) =>
    kit.gateway.fetch(`http://${host}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', host },
      body: JSON.stringify({ query: VIEWER }),
    });

  test('a caller on this machine is an ADMIN', async () => {
    const kit = createKit();
    const { data } = (await (await ask(kit, 'localhost:4000')).json()) as { data: { viewer: object } };
    expect(data.viewer).toMatchObject({ name: 'local', role: 'ADMIN' });
    expect((await ask(kit, '127.0.0.1:4000')).status).toBe(200);
  });

  test('a request to a foreign host name (DNS rebinding) is rejected', async () => {
    const response = await ask(createKit(), 'evil.example');
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('HOST_NOT_ALLOWED');
  });

  test('a gateway that listens on other interfaces requires a key', async () => {
    const response = await ask(createKit({ config: { host: '0.0.0.0' } }), 'localhost');
    expect(response.status).toBe(401);
  });
});

describe('JWTs of an issuer', () => {
  test('give the role and the credentials; invalid ones are rejected', async () => {
    const { url, sign } = await startIssuer();
    const oidc = { issuer: url, audience: 'gateway', roleClaim: 'role', credentialsClaim: 'twilio' };
    const kit = await createManagedKit({ config: { oidc } });
    await kit.addCredential('desk');
    await kit.addCredential('lending', 1);
    const ask = async (token: string) => kit.query(VIEWER, {}, { authorization: `Bearer ${token}` });

    const reader = noErrors(await ask(await sign({ role: 'READER', twilio: ['lending'] })));
    expect(reader.data.viewer).toMatchObject({
      name: 'anna',
      role: 'READER',
      credentials: [{ nickname: 'lending' }],
    });
    const admin = noErrors(await ask(await sign({ role: 'ADMIN' })));
    expect(admin.data.viewer).toMatchObject({ role: 'ADMIN', credentials: [{}, {}] });
    const policy = { bodies: 'HIDDEN', addresses: 'LAST_FOUR' };
    const masked = noErrors(
      await kit.query(
        '{ viewer { fieldPolicy { bodies addresses media } } messages(first: 1) { nodes { body bodyState to } } }',
        {},
        {
          authorization: `Bearer ${await sign({ role: 'READER', twilio: ['lending'], twilio_gateway_field_policy: policy })}`,
        },
      ),
    );
    expect(masked.data.viewer.fieldPolicy).toEqual({ ...policy, media: 'SHOWN' });
    expect(masked.data.messages.nodes).toEqual([
      { body: null, bodyState: 'HIDDEN', to: expect.stringMatching(/^(?:\w+:)?….{4}$/) },
    ]);
    const nothing = noErrors(await ask(await sign({ role: 'root' })));
    expect(nothing.data.viewer).toMatchObject({ role: 'READER', credentials: [] });

    const { privateKey: stranger } = await generateKeyPair('ES256');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"iss":"${url}","aud":"gateway","sub":"anna","role":"ADMIN","exp":9999999999}`).toString('base64url')}.`;
    const bad = [
      await sign({ role: 'ADMIN' }, { audience: 'another' }),
      await sign({ role: 'ADMIN' }, { by: stranger }),
      await sign({ role: 'ADMIN' }, { from: 'https://elsewhere.example' }),
      await sign({ role: 'ADMIN' }, { life: '-1m' }),
      none,
    ];
    for (const token of bad) {
      expect((await ask(token)).errors?.[0]?.extensions.code).toBe('TOKEN_INVALID');
    }
    // The log has one reason per token, and no part of the token.
    const rejected = kit.lines.filter((line) => line.includes('a token was rejected'));
    expect(rejected.map((line) => JSON.parse(line).reason)).toEqual(
      bad.map(() => expect.stringMatching(/./)),
    );
    for (const token of bad) expect(kit.lines.join('')).not.toContain(token.split('.')[1]);
  });
});
