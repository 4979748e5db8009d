import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createKit } from '../kit.ts';
import { type IssuerState, startIssuer } from './issuer.ts';

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;

/** Starts a gateway that accepts an issuer's tokens, with a fake clock. */
async function openKit() {
  const issuer = await startIssuer();
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const clock = { pass: (ms: number) => void vi.setSystemTime(Date.now() + ms) };
  const oidc = { issuer: issuer.url, audience: 'gateway', roleClaim: 'role', credentialsClaim: 'twilio' };
  const kit = createKit({ config: { oidc } });
  async function ask(token: string, path = '/graphql?query={viewer{name}}') {
    const begun = performance.now();
    const headers = { authorization: `Bearer ${token}` };
    const response = await kit.gateway.fetch(`http://localhost${path}`, { headers });
    const text = await response.text();
    return {
      status: response.status,
      code: /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null,
      retryAfter: response.headers.get('retry-after'),
      challenge: response.headers.get('www-authenticate'),
      text,
      ms: performance.now() - begun,
    };
  }
  const long = { life: '30d' };
  return { issuer, clock, kit, ask, good: await issuer.sign({ role: 'ADMIN' }, long), long };
}

const ACCEPTED = { status: 200, code: null };
const INVALID = { status: 401, code: 'TOKEN_INVALID', retryAfter: null };
const UNAVAILABLE = {
  status: 503,
  code: 'ISSUER_UNAVAILABLE',
  retryAfter: expect.stringMatching(/^[1-9]\d*$/),
  challenge: null,
};

describe('while the issuer is unavailable', () => {
  test.each<IssuerState>(['failing', 'down', 'hanging', 'empty'])(
    'the last good keys still verify its tokens, without waiting for it: %s',
    async (state) => {
      const { issuer, clock, ask, good } = await openKit();
      expect(await ask(good)).toMatchObject(ACCEPTED);
      issuer.set(state);
      for (const later of [11 * MINUTE, HOUR, 12 * HOUR]) {
        clock.pass(later);
        for (let times = 0; times < 3; times += 1) {
          const answer = await ask(good);
          expect(answer).toMatchObject(ACCEPTED);
          // Far below the timeout of 5 seconds for the issuer.
          expect(answer.ms).toBeLessThan(2_500);
        }
      }
      issuer.set('up');
    },
    30_000,
  );

  test('the last good keys work for a day; then requests fail with 503 until the issuer is back', async () => {
    const { issuer, clock, ask, good, kit } = await openKit();
    expect(await ask(good)).toMatchObject(ACCEPTED);
    issuer.set('failing');
    clock.pass(25 * HOUR);
    for (let times = 0; times < 3; times += 1) expect(await ask(good)).toMatchObject(UNAVAILABLE);
    issuer.set('up');
    clock.pass(10_000);
    expect(await ask(good)).toMatchObject(ACCEPTED);
    const told = kit.lines.map((line) => JSON.parse(line).msg).filter((msg) => msg?.includes('OIDC issuer'));
    expect(told).toHaveLength(2);
  });

  test.each<IssuerState>(['failing', 'down', 'empty'])(
    'without any keys, GET and POST fail with 503 and Retry-After, with few requests to the issuer: %s',
    async (state) => {
      const { issuer, clock, ask, good, kit } = await openKit();
      issuer.set(state);
      for (let times = 0; times < 5; times += 1) expect(await ask(good)).toMatchObject(UNAVAILABLE);
      const posted = await kit.gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${good}` },
        body: '{"query":"{ viewer { name } }"}',
      });
      expect([posted.status, posted.headers.get('retry-after')]).toEqual([503, UNAVAILABLE.retryAfter]);
      const { errors } = (await posted.json()) as { errors: { message: string; extensions: object }[] };
      expect(errors).toMatchObject([
        { extensions: { code: 'ISSUER_UNAVAILABLE', retryAfter: expect.any(Number) } },
      ]);
      expect(errors[0]?.message).not.toMatch(/new one/);
      expect(issuer.requests.length).toBeLessThan(4);
      issuer.set('up');
      clock.pass(1_000 * Number(posted.headers.get('retry-after')));
      expect(await ask(good)).toMatchObject(ACCEPTED);
    },
  );

  test('a token that is provably invalid still gets 401', async () => {
    const { issuer, clock, ask, good } = await openKit();
    expect(await ask(good)).toMatchObject(ACCEPTED);
    issuer.set('failing');
    clock.pass(HOUR);
    const { privateKey: by } = await generateKeyPair('ES256');
    expect(await ask(await issuer.sign({ role: 'ADMIN' }, { by, life: '2d' }))).toMatchObject(INVALID);
    expect(await ask(await issuer.sign({}, { audience: 'another', life: '2d' }))).toMatchObject(INVALID);
  });

  test('a token signed with an unknown key gets 503, because it may be valid', async () => {
    const { issuer, ask, good, long } = await openKit();
    expect(await ask(good)).toMatchObject(ACCEPTED);
    await issuer.rotate('two');
    issuer.set('failing');
    expect(await ask(await issuer.sign({}, long))).toMatchObject(UNAVAILABLE);
  });
});

describe('requests to the issuer', () => {
  test('are shared by concurrent tokens', async () => {
    const { issuer, clock, ask, good } = await openKit();
    const burst = () => Promise.all(Array.from({ length: 20 }, () => ask(good)));
    for (const answer of await burst()) expect(answer).toMatchObject(ACCEPTED);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    clock.pass(11 * MINUTE);
    for (const answer of await burst()) expect(answer).toMatchObject(ACCEPTED);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks', '/jwks']);
  });

  test('follow at once for a new key, so that a rotation causes no outage; a withdrawn key works for ten minutes', async () => {
    const { issuer, clock, ask, good, long } = await openKit();
    expect(await ask(good)).toMatchObject(ACCEPTED);
    await issuer.rotate('two');
    const second = await issuer.sign({ role: 'ADMIN' }, long);
    for (const answer of await Promise.all([ask(second), ask(second), ask(second)])) {
      expect(answer).toMatchObject(ACCEPTED);
    }
    expect(await ask(good)).toMatchObject(INVALID);
    clock.pass(MINUTE);
    await issuer.rotate('three');
    expect(await ask(await issuer.sign({ role: 'ADMIN' }, long))).toMatchObject(ACCEPTED);
    await issuer.rotate('four');
    clock.pass(11 * MINUTE);
    expect(await ask(second)).toMatchObject(INVALID);
  });

  test('are not made for a token that cannot be valid', async () => {
    const { issuer, ask } = await openKit();
    const { url, sign } = issuer;
    const { privateKey } = await generateKeyPair('RS256');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: url, aud: 'gateway', sub: 'anna', role: 'ADMIN', exp: 9_999_999_999 };
    const unsigned = (header: object, body: object = claims) => `${part(header)}.${part(body)}.c2ln`;
    const bad = [
      'nonsense',
      'a.b.c',
      `${part({ alg: 'ES256' })}.${part(claims)}.`,
      `${part({ alg: 'ES256' })}.bm90IEpTT04.c2ln`,
      unsigned({ alg: 'none' }),
      unsigned({ alg: 'HS256', kid: 'one' }),
      unsigned({ alg: ['ES256'] }),
      unsigned({ alg: 'ES256', crit: ['x'], x: 1 }),
      unsigned({ alg: 'ES256' }, { ...claims, iss: `${url}/` }),
      unsigned({ alg: 'ES256' }, { ...claims, aud: ['another'] }),
      unsigned({ alg: 'ES256' }, { ...claims, exp: 1 }),
      unsigned({ alg: 'ES256' }, { ...claims, exp: '9999999999' }),
      unsigned({ alg: 'ES256' }, { ...claims, nbf: 9_999_999_998 }),
      unsigned({ alg: 'ES256' }, { ...claims, sub: undefined }),
      await sign({}, { from: 'https://elsewhere.example' }),
      await sign({}, { life: '-1m' }),
      await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
    ];
    for (const token of bad) expect([token, await ask(token)]).toMatchObject([token, INVALID]);
    expect(issuer.requests).toEqual([]);
  });

  test('are rare for invented keys, and never repeat the discovery', async () => {
    const { issuer, clock, ask, good } = await openKit();
    expect(await ask(good)).toMatchObject(ACCEPTED);
    for (let count = 0; count < 30; count += 1) {
      expect(await ask(await issuer.sign({}, { kid: `made-up-${count}` }))).toMatchObject(INVALID);
      clock.pass(1_000);
    }
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks', '/jwks']);
  });
});
