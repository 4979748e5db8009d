import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import {
  authorizePath,
  CALLBACK,
  CHALLENGE,
  type Change,
  organizationAt,
  tokensOf,
  VERIFIER,
} from './consent-kit.ts';
import { askToken, at, credentials, EPOCH } from './kit.ts';

const INVALID = { code: 322402, status: 401, message: 'Invalid credentials' };

async function refusal(response: Response): Promise<unknown> {
  const body = (await response.json()) as { status: number };
  expect(response.status).toBe(body.status);
  return body;
}

describe('a code', () => {
  test('becomes an access token and a refresh token', async () => {
    const { app, allow, exchange, parent, messages, get } = organizationAt();
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
    const { allow, exchange } = organizationAt();
    for (const scope of [undefined, '', 'offline', 'offline_accessx']) {
      expect(await (await exchange(await allow({ scope }))).json()).toMatchObject({ refresh_token: null });
    }
    const both = await exchange(await allow({ scope: 'x offline_access' }));
    expect(await both.json()).toMatchObject({ refresh_token: expect.any(String) });
  });

  test('used again is refused, and ends what came out of it', async () => {
    const { connect, exchange, refresh, messages, get, refused } = organizationAt();
    const [first, other] = [await connect(), await connect()];
    const next = await tokensOf(await refresh(first.refresh));
    expect(await refusal(await exchange(first.code))).toMatchObject(INVALID);
    for (const access of [first.access, next.access]) {
      expect((await refused(messages, access)).body.code).toBe(20003);
    }
    expect(await refusal(await refresh(next.refresh))).toMatchObject(INVALID);
    expect((await get(messages, other.access)).status).toBe(200);
    expect((await refresh(other.refresh)).status).toBe(200);
  });

  test('lives five minutes', async () => {
    const { allow, exchange, pass } = organizationAt();
    const [early, late] = [await allow(), await allow()];
    pass(299);
    expect((await exchange(early)).status).toBe(200);
    pass(1);
    expect(await refusal(await exchange(late))).toMatchObject(INVALID);
  });

  test.each<[string, Change]>([
    ['another verifier', { code_verifier: `${VERIFIER}x` }],
    ['the challenge for a verifier', { code_verifier: CHALLENGE }],
    ['no verifier', { code_verifier: undefined }],
    ['an empty verifier', { code_verifier: '' }],
    ['another registered address', { redirect_uri: 'http://127.0.0.1:4000/oauth/callback' }],
    ['another code', { code: 'x.y.z' }],
    ['a wrong secret', { client_secret: 'x' }],
  ])('is refused with %s, and not used up', async (_, change) => {
    const { allow, exchange } = organizationAt();
    const code = await allow();
    expect(await refusal(await exchange(code, change))).toMatchObject(INVALID);
    expect((await exchange(code)).status).toBe(200);
  });

  test.each([['code'], ['redirect_uri']])('is refused without %s', async (name) => {
    const { allow, exchange } = organizationAt();
    const response = await exchange(await allow(), { [name]: undefined });
    expect(await refusal(response)).toMatchObject({ code: 322403, status: 400 });
  });

  test('asked for without PKCE needs no verifier, and takes none', async () => {
    const { allow, exchange } = organizationAt();
    const code = await allow({ code_challenge: undefined, code_challenge_method: undefined });
    expect(await refusal(await exchange(code))).toMatchObject(INVALID);
    expect((await exchange(code, { code_verifier: undefined })).status).toBe(200);
  });

  test('is good for its own app only', async () => {
    const { sandbox, parent, allow, exchange } = organizationAt();
    const other = sandbox.addOrganizationApp({ accountSid: parent.sid, redirectUris: [CALLBACK] });
    const code = await allow();
    const stolen = { client_id: other.clientId, client_secret: other.clientSecret };
    expect(await refusal(await exchange(code, stolen))).toMatchObject(INVALID);
    expect((await exchange(code)).status).toBe(200);
    expect(await refusal(await exchange(code, stolen))).toMatchObject(INVALID);
  });
});

describe('a refresh token', () => {
  test('gives a new access token and a new refresh token, and is good once', async () => {
    const { connect, refresh, messages, get, refused, pass } = organizationAt();
    const first = await connect();
    pass(3600);
    expect((await refused(messages, first.access)).body.code).toBe(20003);
    const second = await tokensOf(await refresh(first.refresh));
    expect(second.refresh).not.toBe(first.refresh);
    expect((await get(messages, second.access)).status).toBe(200);
    expect(await refusal(await refresh(first.refresh))).toMatchObject(INVALID);
    expect((await refresh(second.refresh)).status).toBe(200);
  });

  test('asked for many times at once is good for one', async () => {
    const { connect, refresh } = organizationAt({ switches: { latencyMs: 5 } });
    const { refresh: token } = await connect();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
  });

  test('that comes again may end the whole grant', async () => {
    const { connect, refresh, messages, refused } = organizationAt({ switches: { refreshReuse: 'revoke' } });
    const first = await connect();
    const second = await tokensOf(await refresh(first.refresh));
    expect(await refusal(await refresh(first.refresh))).toMatchObject(INVALID);
    expect(await refusal(await refresh(second.refresh))).toMatchObject(INVALID);
    expect((await refused(messages, second.access)).body.code).toBe(20003);
  });

  test('may have a short grace', async () => {
    const { connect, refresh, pass } = organizationAt({ switches: { refreshGraceSeconds: 10 } });
    const { refresh: token } = await connect();
    const tokens = [await tokensOf(await refresh(token)), await tokensOf(await refresh(token))];
    pass(9);
    tokens.push(await tokensOf(await refresh(token)));
    pass(1);
    expect(await refusal(await refresh(token))).toMatchObject(INVALID);
    expect(new Set(tokens.map((each) => each.refresh)).size).toBe(3);
    for (const each of tokens) expect((await refresh(each.refresh)).status).toBe(200);
  });

  test('stays the same where there is no rotation', async () => {
    const { connect, refresh } = organizationAt({ switches: { rotateRefreshTokens: false } });
    const { refresh: token } = await connect();
    expect((await tokensOf(await refresh(token))).refresh).toBe(token);
    expect((await tokensOf(await refresh(token))).refresh).toBe(token);
  });

  test('outlives a sandbox of the same seed', async () => {
    const { connect, refresh, app } = organizationAt();
    const [{ refresh: old }, { refresh: unused }] = [await connect(), await connect()];
    const { refresh: token } = await tokensOf(await refresh(old));
    const next = createSandbox({ messages: 0 });
    const form = { ...credentials(app), grant_type: 'refresh_token', refresh_token: token };
    expect((await askToken(next, form)).status).toBe(200);
    expect((await askToken(next, form)).status).toBe(401);
    next.revokeRefreshTokens();
    for (const refresh_token of [old, unused]) {
      expect((await askToken(next, { ...form, refresh_token })).status).toBe(401);
    }
    const elsewhere = createSandbox({ seed: 2, messages: 0 });
    const { clientId, clientSecret } = at(elsewhere.organizationApps, 0);
    const foreign = { ...form, client_id: clientId, client_secret: clientSecret };
    expect((await askToken(elsewhere, foreign)).status).toBe(401);
  });

  test.each<[string, Change, object]>([
    ['none', { refresh_token: undefined }, { code: 322403, status: 400 }],
    ['a made-up one', { refresh_token: 'a.b.c' }, INVALID],
    ['a wrong secret', { client_secret: 'x' }, INVALID],
  ])('%s is refused', async (_, change, expected) => {
    const { connect, refresh } = organizationAt();
    const { refresh: token } = await connect();
    expect(await refusal(await refresh(token, change))).toMatchObject(expected);
    expect((await refresh(token)).status).toBe(200);
  });

  test('is no access token and no code, nor the other way round', async () => {
    const { connect, allow, exchange, refresh, messages, refused } = organizationAt();
    const { access, refresh: token } = await connect();
    const code = await allow();
    for (const wrong of [code, access.slice('Bearer '.length)]) {
      expect(await refusal(await refresh(wrong))).toMatchObject(INVALID);
    }
    expect(await refusal(await exchange(token))).toMatchObject(INVALID);
    for (const wrong of [code, token]) {
      expect((await refused(messages, `Bearer ${wrong}`)).body.code).toBe(20003);
    }
  });

  test('of another app is refused', async () => {
    const { sandbox, parent, connect, refresh } = organizationAt();
    const { clientId, clientSecret } = sandbox.addOrganizationApp({
      accountSid: parent.sid,
      redirectUris: [],
    });
    const { refresh: token } = await connect();
    const stolen = { client_id: clientId, client_secret: clientSecret };
    expect(await refusal(await refresh(token, stolen))).toMatchObject(INVALID);
    expect((await refresh(token)).status).toBe(200);
  });

  test('is revoked apart from access tokens', async () => {
    const { sandbox, app, connect, refresh, messages, get, refused } = organizationAt();
    const first = await connect();
    sandbox.revokeTokens(app.clientId);
    expect((await refused(messages, first.access)).body.code).toBe(20003);
    const second = await tokensOf(await refresh(first.refresh));
    for (const clientId of [app.clientId, undefined]) {
      const { access, refresh: token } = await connect();
      sandbox.revokeRefreshTokens(clientId);
      expect(await refusal(await refresh(token))).toMatchObject(INVALID);
      expect((await get(messages, access)).status).toBe(200);
    }
    expect((await get(messages, second.access)).status).toBe(200);
    expect((await refresh((await connect()).refresh)).status).toBe(200);
    expect(() => sandbox.revokeRefreshTokens('OQ')).toThrow('has no such OAuth app');
  });

  test("of another app stays good when one app's are revoked", async () => {
    const { sandbox, connect, refresh, parentApp } = organizationAt();
    const { refresh: token } = await connect();
    sandbox.revokeRefreshTokens(parentApp.clientId);
    expect((await refresh(token)).status).toBe(200);
  });
});

describe('each kind of app has its own grants', () => {
  const { app, parentApp, sandbox } = organizationAt();
  test.each([
    ['an organization app has no client credentials', app, 'client_credentials'],
    ['an account app has no codes', parentApp, 'authorization_code'],
    ['an account app has no refresh tokens', parentApp, 'refresh_token'],
  ])('%s', async (_, who, grant_type) => {
    const answer = await askToken(sandbox, { ...credentials(who), grant_type });
    expect(await refusal(answer)).toMatchObject({ code: 321403, status: 400, message: 'Invalid grant_type' });
    const wrong = await askToken(sandbox, { ...credentials(who), grant_type, client_secret: 'x' });
    expect(await refusal(wrong)).toMatchObject(INVALID);
  });

  test('a new secret is needed at once', async () => {
    const kit = organizationAt();
    const { refresh: token } = await kit.connect();
    const old = kit.app.clientSecret;
    const secret = kit.sandbox.rotateSecret(kit.app.clientId);
    expect(await refusal(await kit.refresh(token, { client_secret: old }))).toMatchObject(INVALID);
    expect((await kit.refresh(token, { client_secret: secret })).status).toBe(200);
  });

  test('permissions and throttling are as for any app', async () => {
    const kit = organizationAt();
    const { access, refresh: token } = await kit.connect();
    kit.sandbox.setPermissions(kit.app.clientId, []);
    expect((await kit.refused(kit.messages, access)).body.code).toBe(70051);
    kit.sandbox.set({ tokenThrottle: { next: 1 }, tokenTtlSeconds: 60 });
    expect(await refusal(await kit.refresh(token))).toMatchObject({ code: 322401, status: 429 });
    expect(await (await kit.refresh(token)).json()).toMatchObject({ expires_in: 60 });
  });
});

test('the log holds no code, token, secret or state', async () => {
  const { sandbox, app, connect, exchange, refresh, allow, messages, get } = organizationAt();
  const { code, access, refresh: token } = await connect();
  const { refresh: next } = await tokensOf(await refresh(token));
  await refresh(token);
  await exchange(code);
  const unused = await allow({ state: 'another-state' });
  await get(messages, access).catch(() => {});
  // Mistakes of a client: secrets where none belong.
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
