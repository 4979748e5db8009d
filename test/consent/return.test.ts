import { describe, expect, test } from 'vitest';
import { ADMIN, codeOfFailure, createConsentKit, failureOf, READER, reads } from './kit.ts';

describe('a redirect from Twilio', () => {
  test('with a denial changes nothing, and cannot be turned into a consent', async () => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const url = await gateway.begin();
    expect(await codeOfFailure(gateway.finish(await press(url, 'deny')))).toBe('CONSENT_DENIED');
    expect(await codeOfFailure(gateway.finish(await press(url, 'allow')))).toBe('CONSENT_EXPIRED');
    expect(await gateway.store.list()).toEqual([]);
    expect(await gateway.store.listAudit({ limit: 5 })).toEqual([]);
  });

  test('is accepted once, on any gateway', async () => {
    const { openGateway, press } = await createConsentKit();
    const [one, two] = [await openGateway(), await openGateway()];
    const callback = await press(await one.begin(), 'allow');
    const both = await Promise.allSettled([one.finish(callback), two.finish(callback)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOfFailure(one.finish(callback))).toBe('CONSENT_EXPIRED');
    await reads(one);
  });

  test('after ten minutes is rejected', async () => {
    let offset = -9.9 * 60_000;
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway({ now: () => Date.now() + offset });
    const early = await gateway.begin('early');
    offset = -10 * 60_000;
    const late = await gateway.begin('late');
    await gateway.finish(await press(early, 'allow'));
    expect(await codeOfFailure(gateway.finish(await press(late, 'allow')))).toBe('CONSENT_EXPIRED');
  });

  test.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['an empty state', (url: URL) => url.searchParams.set('state', '')],
    ['no state', (url: URL) => url.searchParams.delete('state')],
  ])('with %s is rejected', async (_, tamper) => {
    const { openGateway, press, tokenCalls } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    const right = new URL(callback);
    tamper(callback);
    expect(await codeOfFailure(gateway.finish(callback))).toBe('CONSENT_EXPIRED');
    expect(tokenCalls).toEqual([]);
    await gateway.finish(right);
  });

  test('is accepted only from the same administrator, and ends the consent otherwise', async () => {
    const { openGateway, press, tokenCalls } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    expect(await codeOfFailure(gateway.finish(callback, READER))).toBe('FORBIDDEN');
    const error = await failureOf(gateway.finish(callback, { ...ADMIN, name: 'eve' }));
    expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(error.message).toContain('started by another administrator than "eve"');
    expect(await codeOfFailure(gateway.finish(callback))).toBe('CONSENT_EXPIRED');
    expect(tokenCalls).toEqual([]);
  });

  test('with a code of another redirect, used or not, is rejected', async () => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const used = await press(await gateway.begin('victim'), 'allow');
    await gateway.finish(used);
    const unused = await press(await gateway.begin('next'), 'allow');
    for (const { searchParams } of [used, unused]) {
      const callback = await press(await gateway.begin('attacker'), 'allow');
      callback.searchParams.set('code', searchParams.get('code') ?? '');
      expect(await codeOfFailure(gateway.finish(callback))).toBe('CONSENT_FAILED');
    }
    expect((await gateway.store.list()).map(({ nickname }) => nickname)).toEqual(['victim']);
    await gateway.finish(unused);
  });

  test.each([
    ['two codes', (query: URLSearchParams) => query.append('code', 'x')],
    ['no code', (query: URLSearchParams) => query.delete('code')],
    ['an error', (query: URLSearchParams) => query.set('error', 'server_error')],
    ['an error with a message', (query: URLSearchParams) => query.set('error', '<b>call +14155550100</b>')],
    ['another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
  ])('with %s fails without repeating it', async (name, tamper) => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    tamper(callback.searchParams);
    const error = await failureOf(gateway.finish(callback));
    expect(error).toMatchObject({ extensions: { code: 'CONSENT_FAILED' } });
    expect(error.message).not.toMatch(/<b>|evil|eyJ/);
    expect(error.message.includes('server_error')).toBe(name === 'an error');
  });
});

describe("Twilio's token response", () => {
  const changed = (change: (body: Record<string, unknown>) => object) => ({
    fetch:
      (fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>) =>
      async (input: string | URL | Request, init?: RequestInit) => {
        const response = await fetch(input, init);
        if (!String(input).endsWith('/v2/token')) return response;
        return Response.json(change((await response.json()) as Record<string, unknown>));
      },
  });

  test.each([
    ['no refresh token', (body: object) => ({ ...body, refresh_token: null }), 'no refresh token'],
    [
      'a token without its account',
      (body: object) => ({ ...body, access_token: 'e30.e30.x' }),
      'does not name an account',
    ],
    ['no token', () => ({ hello: 'world' }), 'response is invalid'],
  ])('with %s is rejected', async (_, change, words) => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway(changed(change));
    const error = await failureOf(gateway.finish(await press(await gateway.begin(), 'allow')));
    expect(error).toMatchObject({ extensions: { code: 'CONSENT_FAILED' } });
    expect(error.message).toContain(words);
    expect(await gateway.store.list()).toEqual([]);
  });

  test.each([
    ['429', { tokenThrottle: 1 }, 'TWILIO_RATE_LIMITED'],
    ['500', { fail500: 1, faultPath: '/v2/token' }, 'TWILIO_UNAVAILABLE'],
    ['a broken connection', { resetConnection: 1, faultPath: '/v2/token' }, 'TWILIO_UNAVAILABLE'],
  ])('%s is reported as for any other request', async (_, switches, code) => {
    const { sandbox, openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    sandbox.set(switches);
    expect(await codeOfFailure(gateway.finish(callback))).toBe(code);
  });

  test('with a wrong client secret fails when the code is exchanged', async () => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const url = await gateway.begin('consented', ADMIN, { clientSecret: 'a-secret-of-another-app' });
    const error = await failureOf(gateway.finish(await press(url, 'allow')));
    expect(error).toMatchObject({ extensions: { code: 'CONSENT_FAILED', twilio: { code: 322402 } } });
  });

  test('for another account does not change the credential', async () => {
    const { sandbox, app, openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const { id } = await gateway.store.add({
      nickname: 'consented',
      accountSid: sandbox.accounts.active.sid,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      kind: 'authorization_code',
    });
    const callback = await press(await gateway.begin(), 'allow');
    expect(await codeOfFailure(gateway.finish(callback))).toBe('CONSENT_FAILED');
    expect(await gateway.store.refreshToken(id)).toBeNull();
  });
});
