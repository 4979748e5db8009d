import { describe, expect, test } from 'vitest';
import { askToken, at, bearer, credentials, EPOCH, sandboxAt } from './kit.ts';

const EXPIRED = { status: 401, body: { code: 20003, message: 'Authenticate' } };

function claims(authorization: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(at(authorization.split('.'), 1), 'base64url').toString());
}

describe('the token endpoint', () => {
  test('gives a bearer token, and null for what client credentials do not get', async () => {
    const { sandbox, parentApp } = sandboxAt();
    const response = await askToken(sandbox, credentials(parentApp));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      id_token: null,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: null,
    });
  });

  test('names the account and the app in the token', async () => {
    const { sandbox, activeApp, active } = sandboxAt({ switches: { tokenTtlSeconds: 60 } });
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
  ])('refuses %s', async (_, change, status, code) => {
    const { sandbox, parentApp } = sandboxAt();
    const response = await askToken(sandbox, { ...credentials(parentApp), ...change });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, status, more_info: expect.any(String) });
  });

  test('refuses JSON', async () => {
    const { sandbox, parentApp } = sandboxAt();
    const response = await askToken(sandbox, credentials(parentApp), 'application/json');
    expect(await response.json()).toMatchObject({ code: 322403, status: 400 });
  });

  test('knows the other family of codes and status', async () => {
    const { sandbox, parentApp } = sandboxAt({
      switches: { tokenErrorStatus: 400, tokenErrorCode: 321401 },
    });
    const response = await askToken(sandbox, { ...credentials(parentApp), client_secret: 'x' });
    expect(await response.json()).toMatchObject({ code: 321401, status: 400 });
  });

  test('throttles, and says until when', async () => {
    const { sandbox, parentApp } = sandboxAt({ switches: { tokenThrottle: { next: 1 } } });
    const response = await askToken(sandbox, credentials(parentApp));
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      code: 322401,
      throttled_until: new Date(EPOCH + 30_000).toISOString(),
    });
    expect((await askToken(sandbox, credentials(parentApp))).status).toBe(200);
  });

  test('limits how many tokens an app gets in a minute, each app for itself', async () => {
    const { sandbox, parentApp, activeApp, pass } = sandboxAt({ switches: { tokensPerMinute: 2 } });
    const ask = async (app = parentApp) => (await askToken(sandbox, credentials(app))).status;
    expect([await ask(), await ask(), await ask(), await ask(activeApp)]).toEqual([200, 200, 429, 200]);
    pass(61);
    expect(await ask()).toBe(200);
  });
});

describe('a token', () => {
  test('lives as long as it says', async () => {
    const { sandbox, parentApp, messages, get, refused, pass } = sandboxAt();
    const token = await bearer(sandbox, parentApp);
    pass(3599);
    expect((await get(messages, token)).status).toBe(200);
    pass(1);
    expect(await refused(messages, token)).toMatchObject(EXPIRED);
  });

  test('is good beside others of the same app, until revoked', async () => {
    const { sandbox, parentApp, activeApp, active, messages, get, refused } = sandboxAt();
    const other = await bearer(sandbox, activeApp);
    const [one, two] = [await bearer(sandbox, parentApp), await bearer(sandbox, parentApp)];
    expect(one).not.toBe(two);
    expect([(await get(messages, one)).status, (await get(messages, two)).status]).toEqual([200, 200]);
    sandbox.revokeTokens(parentApp.clientId);
    expect(await refused(messages, one)).toMatchObject(EXPIRED);
    expect(await refused(messages, two)).toMatchObject(EXPIRED);
    expect((await get(`/2010-04-01/Accounts/${active.sid}.json`, other)).status).toBe(200);
    expect((await get(messages, await bearer(sandbox, parentApp))).status).toBe(200);
    sandbox.revokeTokens();
    expect(await refused(`/2010-04-01/Accounts/${active.sid}.json`, other)).toMatchObject(EXPIRED);
  });

  test('outlives the rotation of the secret, the secret does not', async () => {
    const { sandbox, parentApp, messages, get } = sandboxAt();
    const token = await bearer(sandbox, parentApp);
    const old = credentials(parentApp);
    const secret = sandbox.rotateSecret(parentApp.clientId);
    expect((await get(messages, token)).status).toBe(200);
    expect((await askToken(sandbox, old)).status).toBe(401);
    expect((await askToken(sandbox, { ...old, client_secret: secret })).status).toBe(200);
    expect(at(sandbox.apps, 0).clientSecret).toBe(secret);
  });

  test('that was changed or made up is refused', async () => {
    const { sandbox, parentApp, activeApp, messages, refused } = sandboxAt();
    const token = await bearer(sandbox, parentApp);
    const [head, , signature] = token.split('.');
    const forged = [head, at((await bearer(sandbox, activeApp)).split('.'), 1), signature].join('.');
    for (const bad of [forged, `${token.slice(0, -4)}AAAA`, 'Bearer x', 'Bearer a.b.c']) {
      expect(await refused(messages, bad)).toMatchObject(EXPIRED);
    }
  });
});
