import { describe, expect, test } from 'vitest';
import { at, bearer, credentials, EPOCH, requestToken, sandboxKit } from './kit.ts';

const EXPIRED = { status: 401, body: { code: 20003, message: 'Authenticate' } };

function claims(authorization: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(at(authorization.split('.'), 1), 'base64url').toString());
}

describe('the token endpoint', () => {
  test('returns a bearer token, with null for the tokens of other grants', async () => {
    const { sandbox, parentApp } = sandboxKit();
    const response = await requestToken(sandbox, credentials(parentApp));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      id_token: null,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: null,
    });
  });

  test('puts the account and the app into the token', async () => {
    const { sandbox, activeApp, active } = sandboxKit({ switches: { tokenTtlSeconds: 60 } });
    const trn = `trn:us1:iam:account:${active.sid}`;
    expect(claims(await bearer(sandbox, activeApp))).toMatchObject({
      sub: `trn:us1:iam:oauthapp:${activeApp.clientId}`,
      act: { sub: trn },
      'urn:tw:iam_ctx': trn,
      iat: EPOCH / 1000,
      exp: EPOCH / 1000 + 60,
    });
  });

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 322402],
    ['an unknown client', { client_id: `OQ${'0'.repeat(32)}` }, 401, 322402],
    ['no client', { client_id: '' }, 400, 321402],
    ['another grant', { grant_type: 'password' }, 400, 321403],
  ])('rejects %s', async (_, change, status, code) => {
    const { sandbox, parentApp } = sandboxKit();
    const response = await requestToken(sandbox, { ...credentials(parentApp), ...change });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, status, more_info: expect.any(String) });
  });

  test('rejects JSON', async () => {
    const { sandbox, parentApp } = sandboxKit();
    const response = await requestToken(sandbox, credentials(parentApp), 'application/json');
    expect(await response.json()).toMatchObject({ code: 322403, status: 400 });
  });

  test('can use the other error code and status', async () => {
    const { sandbox, parentApp } = sandboxKit({
      switches: { tokenErrorStatus: 400, tokenErrorCode: 321401 },
    });
    const response = await requestToken(sandbox, { ...credentials(parentApp), client_secret: 'x' });
    expect(await response.json()).toMatchObject({ code: 321401, status: 400 });
  });

  test('throttles with throttled_until', async () => {
    const { sandbox, parentApp } = sandboxKit({ switches: { tokenThrottle: { next: 1 } } });
    const response = await requestToken(sandbox, credentials(parentApp));
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      code: 322401,
      throttled_until: new Date(EPOCH + 30_000).toISOString(),
    });
    expect((await requestToken(sandbox, credentials(parentApp))).status).toBe(200);
  });

  test('limits the tokens per minute of each app', async () => {
    const { sandbox, parentApp, activeApp, advance } = sandboxKit({ switches: { tokensPerMinute: 2 } });
    const ask = async (app = parentApp) => (await requestToken(sandbox, credentials(app))).status;
    expect([await ask(), await ask(), await ask(), await ask(activeApp)]).toEqual([200, 200, 429, 200]);
    advance(61);
    expect(await ask()).toBe(200);
  });
});

describe('a token', () => {
  test('expires after expires_in', async () => {
    const { sandbox, parentApp, messages, get, getError, advance } = sandboxKit();
    const token = await bearer(sandbox, parentApp);
    advance(3599);
    expect((await get(messages, token)).status).toBe(200);
    advance(1);
    expect(await getError(messages, token)).toMatchObject(EXPIRED);
  });

  test('is valid alongside others of the same app until revoked', async () => {
    const { sandbox, parentApp, activeApp, active, messages, get, getError } = sandboxKit();
    const other = await bearer(sandbox, activeApp);
    const [one, two] = [await bearer(sandbox, parentApp), await bearer(sandbox, parentApp)];
    expect(one).not.toBe(two);
    expect([(await get(messages, one)).status, (await get(messages, two)).status]).toEqual([200, 200]);
    sandbox.revokeTokens(parentApp.clientId);
    expect(await getError(messages, one)).toMatchObject(EXPIRED);
    expect(await getError(messages, two)).toMatchObject(EXPIRED);
    expect((await get(`/2010-04-01/Accounts/${active.sid}.json`, other)).status).toBe(200);
    expect((await get(messages, await bearer(sandbox, parentApp))).status).toBe(200);
    sandbox.revokeTokens();
    expect(await getError(`/2010-04-01/Accounts/${active.sid}.json`, other)).toMatchObject(EXPIRED);
  });

  test('survives a rotation of the secret', async () => {
    const { sandbox, parentApp, messages, get } = sandboxKit();
    const token = await bearer(sandbox, parentApp);
    const old = credentials(parentApp);
    const secret = sandbox.rotateSecret(parentApp.clientId);
    expect((await get(messages, token)).status).toBe(200);
    expect((await requestToken(sandbox, old)).status).toBe(401);
    expect((await requestToken(sandbox, { ...old, client_secret: secret })).status).toBe(200);
    expect(at(sandbox.apps, 0).clientSecret).toBe(secret);
  });

  test('that was altered or invented is rejected', async () => {
    const { sandbox, parentApp, activeApp, messages, getError } = sandboxKit();
    const token = await bearer(sandbox, parentApp);
    const [head, , signature] = token.split('.');
    const forged = [head, at((await bearer(sandbox, activeApp)).split('.'), 1), signature].join('.');
    for (const bad of [forged, `${token.slice(0, -4)}AAAA`, 'Bearer x', 'Bearer a.b.c']) {
      expect(await getError(messages, bad)).toMatchObject(EXPIRED);
    }
  });
});
