import { expect, test } from 'vitest';
import { createJwtVerifier, type VerifyJwt } from '../../src/auth/oidc.ts';
import { createVerifiedTokens } from '../../src/auth/verified-tokens.ts';
import { startIssuer } from '../admin/issuer.ts';

const SECOND = 1_000;
const log = { info() {}, warn() {} };

/** An issuer, a verifier that counts, and a clock that the test controls. */
async function open({ max }: { max?: number } = {}) {
  const issuer = await startIssuer();
  let time = Date.now();
  const now = () => time;
  const settings = { issuer: issuer.url, audience: 'gateway', roleClaim: 'role', credentialsClaim: 'twilio' };
  const verifier = createJwtVerifier(settings, { log, now });
  let verified = 0;
  const verify: VerifyJwt = (token) => {
    verified += 1;
    return verifier(token);
  };
  const tokens = createVerifiedTokens({ verify, now, max });
  return {
    issuer,
    verify: tokens.verify,
    clear: tokens.clear,
    verified: () => verified,
    pass(ms: number) {
      time += ms;
    },
  };
}

test('verifies a token once, and returns the same claims again', async () => {
  const { issuer, verify, verified } = await open();
  const token = await issuer.sign({ role: 'ADMIN', twilio: ['main'] });
  const claims = await verify(token);
  const fieldPolicy = { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };
  expect(claims).toEqual({ subject: 'anna', role: 'ADMIN', nicknames: new Set(['main']), fieldPolicy });
  expect(await verify(token)).toEqual(claims);
  expect(verified()).toBe(1);
});

test('verifies each token separately', async () => {
  const { issuer, verify, verified } = await open();
  expect((await verify(await issuer.sign({ role: 'ADMIN' }))).role).toBe('ADMIN');
  expect((await verify(await issuer.sign({ role: 'READER' }))).role).toBe('READER');
  expect(verified()).toBe(2);
});

test('verifies a token again after a minute', async () => {
  const { issuer, verify, verified, pass } = await open();
  const token = await issuer.sign({});
  await verify(token);
  pass(59 * SECOND);
  await verify(token);
  expect(verified()).toBe(1);
  pass(SECOND);
  await verify(token);
  expect(verified()).toBe(2);
});

test('accepts no token after its expiry', async () => {
  const { issuer, verify, pass } = await open();
  const token = await issuer.sign({}, { life: '30s' });
  await verify(token);
  pass(31 * SECOND);
  await expect(verify(token)).rejects.toThrow('expired');
});

test('does not cache a rejection', async () => {
  const { issuer, verify, verified, pass } = await open();
  const token = await issuer.sign({ nbf: Math.floor(Date.now() / SECOND) + 30 });
  await expect(verify(token)).rejects.toThrow('not valid yet');
  pass(60 * SECOND);
  expect((await verify(token)).subject).toBe('anna');
  expect(verified()).toBe(2);
});

test('clears all tokens when the keys change, including those being verified', async () => {
  const { issuer, verify, verified, clear } = await open();
  const token = await issuer.sign({});
  await verify(token);
  clear();
  const running = verify(token);
  clear();
  await running;
  await verify(token);
  expect(verified()).toBe(3);
});

test('caches a bounded number of tokens, the most recently used', async () => {
  const { issuer, verify, verified } = await open({ max: 2 });
  const [first, second, third] = await Promise.all(['a', 'b', 'c'].map((jti) => issuer.sign({ jti })));
  for (const token of [first, second, first, third, first]) await verify(token ?? '');
  expect(verified()).toBe(3);
  await verify(second ?? '');
  expect(verified()).toBe(4);
});
