import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createAuthorizationCode } from '../../src/auth/authorization-code.ts';
import { CALLBACK } from '../sandbox/consent-kit.ts';
import { ADMIN, createConsentKit, failureOf, reads } from './kit.ts';

/** Everything a careless logger might print: messages, stacks, causes, and all of their fields. */
function everythingIn(error: unknown): string {
  const texts = [inspect(error, { depth: 20, showHidden: true, maxStringLength: null })];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    texts.push(cause.message, cause.stack ?? '', inspect(Object.entries(cause), { depth: 20 }));
  }
  return texts.join('\n');
}

test('no secret, code or token is in the database, a log, the audit, a response or an error', async () => {
  const kit = await createConsentKit();
  const { sandbox, app, home, place, lines, tokenCalls, press } = kit;
  const out: string[] = [];
  const planted = new Set<string>([app.clientSecret]);
  const keep = (value: unknown) => void (typeof value === 'string' && value && planted.add(value));
  let broken = false;
  const gateway = await kit.openGateway({
    fetch: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      if (!broken) return response;
      // The response contains all tokens but is invalid: the error must not contain them.
      return Response.json({ ...((await response.json()) as object), token_type: 'mac' });
    },
  });
  const fails = async (callback: URL, actor = ADMIN) => {
    keep(callback.searchParams.get('code'));
    const error = await failureOf(gateway.finish(callback, actor));
    out.push(everythingIn(error));
  };
  const asks = async () =>
    out.push(JSON.stringify(await gateway.query('{ account { sid } credentials { nickname clientId } }')));

  const callback = await press(await gateway.begin(), 'allow');
  keep(callback.searchParams.get('code'));
  keep(callback.searchParams.get('state'));
  // During the flow, its state is in the database too.
  out.push((await home.bytes(place)).toString('latin1'));
  const credential = await gateway.finish(callback);
  out.push(JSON.stringify(credential));
  await reads(gateway);
  await fails(callback);
  await fails(await press(await gateway.begin('x'), 'deny'));
  await fails(await press(await gateway.begin('x'), 'allow'), { ...ADMIN, name: 'eve' });
  const twice = await press(await gateway.begin('x'), 'allow');
  twice.searchParams.append('code', 'x');
  await fails(twice);
  const stale = await press(await gateway.begin('x'), 'allow');
  stale.searchParams.set('code', callback.searchParams.get('code') ?? '');
  await fails(stale);
  const misread = await press(await gateway.begin('x'), 'allow');
  broken = true;
  await fails(misread);
  sandbox.revokeTokens(app.clientId);
  await asks();
  broken = false;
  sandbox.set({ resetConnection: 1, faultPath: '/v2/token' });
  await fails(await press(await gateway.begin('x'), 'allow'));
  sandbox.set({ resetConnection: 0 });
  const again = await press(await gateway.begin(), 'allow');
  keep(again.searchParams.get('code'));
  await gateway.finish(again);
  await asks();
  sandbox.revokeRefreshTokens(app.clientId);
  sandbox.revokeTokens(app.clientId);
  await asks();

  for (const { form, answer } of tokenCalls) {
    for (const name of ['client_secret', 'code', 'code_verifier', 'refresh_token']) keep(form.get(name));
    for (const name of ['access_token', 'refresh_token']) keep(answer[name]);
  }
  planted.delete('x');
  out.push(JSON.stringify(await gateway.store.listAudit({ limit: 100 })), lines.join('\n'));
  await gateway.close();
  out.push((await home.bytes(place)).toString('latin1'));

  const all = out.join('\n');
  // The search finds secrets that are present.
  expect(all).toContain(app.clientId);
  expect(lines.length).toBeGreaterThan(3);
  expect(planted.size).toBeGreaterThan(15);
  for (const code of ['CONSENT_EXPIRED', 'CONSENT_DENIED', 'CONSENT_FAILED', 'CREDENTIAL_REFUSED']) {
    expect(all).toContain(code);
  }
  expect([...planted].filter((secret) => all.includes(secret))).toEqual([]);
});

test.each([
  ['of another type', { token_type: 'mac' }],
  ['with a lifetime that is text', { expires_in: 'soon' }],
  ['with a number for a token', { access_token: 5 }],
  ['cut off', null],
])('a response %s fails without its tokens in the error', async (_, change) => {
  const tokens = { access_token: 'planted-access', refresh_token: 'planted-refresh', token_type: 'Bearer' };
  const text = change ? JSON.stringify({ ...tokens, ...change }) : JSON.stringify(tokens).slice(0, -5);
  const authorization = createAuthorizationCode({
    oauthUrl: new URL('https://oauth.twilio.com'),
    fetch: async () => new Response(text, { headers: { 'content-type': 'application/json' } }),
    timeoutMs: 1_000,
  });
  const app = { clientId: `OQ${'0'.repeat(32)}`, clientSecret: 'planted-client-secret' };
  const { state, codeVerifier } = await authorization.begin(app, CALLBACK);
  const query = new URLSearchParams({ code: 'planted-code', state });
  const exchange = authorization.exchange(app, { query, redirectUri: CALLBACK, state, codeVerifier });
  const all = everythingIn(await failureOf(exchange));
  expect(all).toContain('TwilioResponseError');
  expect(all).not.toContain('planted');
  expect(all).not.toContain(codeVerifier);
});
