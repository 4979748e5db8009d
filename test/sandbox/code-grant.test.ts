import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import {
  authorizePath,
  CALLBACK,
  CHALLENGE,
  type Change,
  organizationKit,
  tokensOf,
  VERIFIER,
} from './consent-kit.ts';
import { at, credentials, EPOCH, requestToken } from './kit.ts';

const INVALID = { code: 322402, status: 401, message: 'Invalid credentials' };

async function errorOf(response: Response): Promise<unknown> {
  const body = (await response.json()) as { status: number };
  expect(response.status).toBe(body.status);
  return body;
}

describe('a code', () => {
  test('is exchanged for an access token and a refresh token', async () => {
    const { app, allow, exchange, parent, messages, get } = organizationKit();
    const response = await exchange(await allow());
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { access_token: string };
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      id_token: null,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    const claims = JSON.parse(Buffer.from(at(answer.access_token.split('.'), 1), 'base64url').toString());
    expect(claims).toMatchObject({
      sub: `trn:us1:iam:oauthapp:${app.clientId}`,
      act: { sub: `trn:us1:iam:account:${parent.sid}` },
      exp: EPOCH / 1000 + 3600,
    });
    expect((await get(messages, `Bearer ${answer.access_token}`)).status).toBe(200);
  });

  test('without offline_access gives no refresh token', async () => {
    const { allow, exchange } = organizationKit();
    for (const scope of [undefined, '', 'offline', 'offline_accessx']) {
      expect(await (await exchange(await allow({ scope }))).json()).toMatchObject({ refresh_token: null });
    }
    const both = await exchange(await allow({ scope: 'x offline_access' }));
    expect(await both.json()).toMatchObject({ refresh_token: expect.any(String) });
  });

  test('used twice is rejected, and its grant is revoked', async () => {
    const { connect, exchange, refresh, messages, get, getError } = organizationKit();
    const [first, other] = [await connect(), await connect()];
    const next = await tokensOf(await refresh(first.refresh));
    expect(await errorOf(await exchange(first.code))).toMatchObject(INVALID);
    for (const access of [first.access, next.access]) {
      expect((await getError(messages, access)).body.code).toBe(20003);
    }
    expect(await errorOf(await refresh(next.refresh))).toMatchObject(INVALID);
    expect((await get(messages, other.access)).status).toBe(200);
    expect((await refresh(other.refresh)).status).toBe(200);
  });

  test('expires after five minutes', async () => {
    const { allow, exchange, advance } = organizationKit();
    const [early, late] = [await allow(), await allow()];
    advance(299);
    expect((await exchange(early)).status).toBe(200);
    advance(1);
    expect(await errorOf(await exchange(late))).toMatchObject(INVALID);
  });

  test.each<[string, Change]>([
    ['another verifier', { code_verifier: `${VERIFIER}x` }],
    ['the challenge for a verifier', { code_verifier: CHALLENGE }],
    ['no verifier', { code_verifier: undefined }],
    ['an empty verifier', { code_verifier: '' }],
    ['another registered redirect URI', { redirect_uri: 'http://127.0.0.1:4000/oauth/callback' }],
    ['another code', { code: 'x.y.z' }],
    ['a wrong secret', { client_secret: 'x' }],
  ])('is rejected with %s, and stays valid', async (_, change) => {
    const { allow, exchange } = organizationKit();
    const code = await allow();
    expect(await errorOf(await exchange(code, change))).toMatchObject(INVALID);
    expect((await exchange(code)).status).toBe(200);
  });

  test.each([['code'], ['redirect_uri']])('is rejected without %s', async (name) => {
    const { allow, exchange } = organizationKit();
    const response = await exchange(await allow(), { [name]: undefined });
    expect(await errorOf(response)).toMatchObject({ code: 322403, status: 400 });
  });

  test('requested without PKCE must be redeemed without a verifier', async () => {
    const { allow, exchange } = organizationKit();
    const code = await allow({ code_challenge: undefined, code_challenge_method: undefined });
    expect(await errorOf(await exchange(code))).toMatchObject(INVALID);
    expect((await exchange(code, { code_verifier: undefined })).status).toBe(200);
  });

  test('is valid for its own app only', async () => {
    const { sandbox, parent, allow, exchange } = organizationKit();
    const other = sandbox.addOrganizationApp({ accountSid: parent.sid, redirectUris: [CALLBACK] });
    const code = await allow();
    const stolen = { client_id: other.clientId, client_secret: other.clientSecret };
    expect(await errorOf(await exchange(code, stolen))).toMatchObject(INVALID);
    expect((await exchange(code)).status).toBe(200);
    expect(await errorOf(await exchange(code, stolen))).toMatchObject(INVALID);
  });
});

describe('a refresh token', () => {
  test('gives a new access token and a new refresh token, and is valid once', async () => {
    const { connect, refresh, messages, get, getError, advance } = organizationKit();
    const first = await connect();
    advance(3600);
    expect((await getError(messages, first.access)).body.code).toBe(20003);
    const second = await tokensOf(await refresh(first.refresh));
    expect(second.refresh).not.toBe(first.refresh);
    expect((await get(messages, second.access)).status).toBe(200);
    expect(await errorOf(await refresh(first.refresh))).toMatchObject(INVALID);
    expect((await refresh(second.refresh)).status).toBe(200);
  });

  test('used concurrently is valid once', async () => {
    const { connect, refresh } = organizationKit({ switches: { latencyMs: 5 } });
    const { refresh: token } = await connect();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
  });

  test('used again revokes the whole grant, if switched on', async () => {
    const { connect, refresh, messages, getError } = organizationKit({
      switches: { refreshReuse: 'revoke' },
    });
    const first = await connect();
    const second = await tokensOf(await refresh(first.refresh));
    expect(await errorOf(await refresh(first.refresh))).toMatchObject(INVALID);
    expect(await errorOf(await refresh(second.refresh))).toMatchObject(INVALID);
    expect((await getError(messages, second.access)).body.code).toBe(20003);
  });

  test('stays valid during a grace period, if switched on', async () => {
    const { connect, refresh, advance } = organizationKit({ switches: { refreshGraceSeconds: 10 } });
    const { refresh: token } = await connect();
    const tokens = [await tokensOf(await refresh(token)), await tokensOf(await refresh(token))];
    advance(9);
    tokens.push(await tokensOf(await refresh(token)));
    advance(1);
    expect(await errorOf(await refresh(token))).toMatchObject(INVALID);
    expect(new Set(tokens.map((each) => each.refresh)).size).toBe(3);
    for (const each of tokens) expect((await refresh(each.refresh)).status).toBe(200);
  });

  test('stays the same without rotation', async () => {
    const { connect, refresh } = organizationKit({ switches: { rotateRefreshTokens: false } });
    const { refresh: token } = await connect();
    expect((await tokensOf(await refresh(token))).refresh).toBe(token);
    expect((await tokensOf(await refresh(token))).refresh).toBe(token);
  });

  test('survives a restart of a sandbox with the same seed', async () => {
    const { connect, refresh, app } = organizationKit();
    const [{ refresh: old }, { refresh: unused }] = [await connect(), await connect()];
    const { refresh: token } = await tokensOf(await refresh(old));
    const next = createSandbox({ messages: 0 });
    const form = { ...credentials(app), grant_type: 'refresh_token', refresh_token: token };
    expect((await requestToken(next, form)).status).toBe(200);
    expect((await requestToken(next, form)).status).toBe(401);
    next.revokeRefreshTokens();
    for (const refresh_token of [old, unused]) {
      expect((await requestToken(next, { ...form, refresh_token })).status).toBe(401);
    }
    const elsewhere = createSandbox({ seed: 2, messages: 0 });
    const { clientId, clientSecret } = at(elsewhere.organizationApps, 0);
    const foreign = { ...form, client_id: clientId, client_secret: clientSecret };
    expect((await requestToken(elsewhere, foreign)).status).toBe(401);
  });

  test.each<[string, Change, object]>([
    ['a missing one', { refresh_token: undefined }, { code: 322403, status: 400 }],
    ['an invented one', { refresh_token: 'a.b.c' }, INVALID],
    ['a wrong secret', { client_secret: 'x' }, INVALID],
  ])('%s is rejected', async (_, change, expected) => {
    const { connect, refresh } = organizationKit();
    const { refresh: token } = await connect();
    expect(await errorOf(await refresh(token, change))).toMatchObject(expected);
    expect((await refresh(token)).status).toBe(200);
  });

  test('is not interchangeable with access tokens and codes', async () => {
    const { connect, allow, exchange, refresh, messages, getError } = organizationKit();
    const { access, refresh: token } = await connect();
    const code = await allow();
    for (const wrong of [code, access.slice('Bearer '.length)]) {
      expect(await errorOf(await refresh(wrong))).toMatchObject(INVALID);
    }
    expect(await errorOf(await exchange(token))).toMatchObject(INVALID);
    for (const wrong of [code, token]) {
      expect((await getError(messages, `Bearer ${wrong}`)).body.code).toBe(20003);
    }
  });

  test('of another app is rejected', async () => {
    const { sandbox, parent, connect, refresh } = organizationKit();
    const { clientId, clientSecret } = sandbox.addOrganizationApp({
      accountSid: parent.sid,
      redirectUris: [],
    });
    const { refresh: token } = await connect();
    const stolen = { client_id: clientId, client_secret: clientSecret };
    expect(await errorOf(await refresh(token, stolen))).toMatchObject(INVALID);
    expect((await refresh(token)).status).toBe(200);
  });

  test('is revoked independently of access tokens', async () => {
    const { sandbox, app, connect, refresh, messages, get, getError } = organizationKit();
    const first = await connect();
    sandbox.revokeTokens(app.clientId);
    expect((await getError(messages, first.access)).body.code).toBe(20003);
    const second = await tokensOf(await refresh(first.refresh));
    for (const clientId of [app.clientId, undefined]) {
      const { access, refresh: token } = await connect();
      sandbox.revokeRefreshTokens(clientId);
      expect(await errorOf(await refresh(token))).toMatchObject(INVALID);
      expect((await get(messages, access)).status).toBe(200);
    }
    expect((await get(messages, second.access)).status).toBe(200);
    expect((await refresh((await connect()).refresh)).status).toBe(200);
    expect(() => sandbox.revokeRefreshTokens('OQ')).toThrow('has no such OAuth app');
  });

  test("stays valid when another app's are revoked", async () => {
    const { sandbox, connect, refresh, parentApp } = organizationKit();
    const { refresh: token } = await connect();
    sandbox.revokeRefreshTokens(parentApp.clientId);
    expect((await refresh(token)).status).toBe(200);
  });
});

describe('each kind of app has its own grants', () => {
  const { app, parentApp, sandbox } = organizationKit();
  test.each([
    ['an organization app has no client credentials', app, 'client_credentials'],
    ['an account app has no codes', parentApp, 'authorization_code'],
    ['an account app has no refresh tokens', parentApp, 'refresh_token'],
  ])('%s', async (_, who, grant_type) => {
    const answer = await requestToken(sandbox, { ...credentials(who), grant_type });
    expect(await errorOf(answer)).toMatchObject({ code: 321403, status: 400, message: 'Invalid grant_type' });
    const wrong = await requestToken(sandbox, { ...credentials(who), grant_type, client_secret: 'x' });
    expect(await errorOf(wrong)).toMatchObject(INVALID);
  });

  test('a rotated secret takes effect at once', async () => {
    const kit = organizationKit();
    const { refresh: token } = await kit.connect();
    const old = kit.app.clientSecret;
    const secret = kit.sandbox.rotateSecret(kit.app.clientId);
    expect(await errorOf(await kit.refresh(token, { client_secret: old }))).toMatchObject(INVALID);
    expect((await kit.refresh(token, { client_secret: secret })).status).toBe(200);
  });

  test('permissions and throttling work as for any app', async () => {
    const kit = organizationKit();
    const { access, refresh: token } = await kit.connect();
    kit.sandbox.setPermissions(kit.app.clientId, []);
    expect((await kit.getError(kit.messages, access)).body.code).toBe(70051);
    kit.sandbox.set({ tokenThrottle: { next: 1 }, tokenTtlSeconds: 60 });
    expect(await errorOf(await kit.refresh(token))).toMatchObject({ code: 322401, status: 429 });
    expect(await (await kit.refresh(token)).json()).toMatchObject({ expires_in: 60 });
  });
});

test('the call log contains no code, token, secret or state', async () => {
  const { sandbox, app, connect, exchange, refresh, allow, messages, get } = organizationKit();
  const { code, access, refresh: token } = await connect();
  const { refresh: next } = await tokensOf(await refresh(token));
  await refresh(token);
  await exchange(code);
  const unused = await allow({ state: 'another-state' });
  await get(messages, access).catch(() => {});
  // Misplaced secrets, by a client's mistake.
  await exchange(unused, { client_id: app.clientSecret });
  await sandbox.fetch(`/v2/token?code=${unused}&client_secret=${app.clientSecret}`, { method: 'POST' });
  await sandbox.fetch(`${authorizePath(app)}&code=${unused}`);
  const log = JSON.stringify(sandbox.calls);
  expect(sandbox.calls).toHaveLength(12);
  for (const secret of [code, unused, token, next, access.slice(7), app.clientSecret, VERIFIER, CHALLENGE]) {
    expect(log).not.toContain(secret);
  }
  expect(log).not.toMatch(/-state|eyJ/);
  expect(sandbox.calls.slice(0, 3)).toEqual([
    { method: 'GET', path: '/v2/authorize', status: 200, credential: app.clientId },
    { method: 'POST', path: '/v2/authorize', status: 302, credential: app.clientId },
    { method: 'POST', path: '/v2/token', status: 200, credential: app.clientId },
  ]);
});
