import { afterEach, expect, test, vi } from 'vitest';
import { codesOf, type Wire, wire } from './kit.ts';

const OWN = '{ messages(first: 2) { nodes { sid } } }';

/** Twenty reads, each with a call to Twilio. */
const readOften = async ({ query }: Wire) => {
  const codes: string[] = [];
  for (let read = 1; read <= 20; read += 1) {
    codes.push(...codesOf(await query(`{ messages(first: ${read}) { nodes { sid } } }`)));
  }
  return codes;
};

/** Stops the clocks of gateway and sandbox; timers run. */
const stopClocks = () => vi.useFakeTimers({ toFake: ['Date'] });
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

afterEach(() => {
  vi.useRealTimers();
});

test('a token is used until it expires while the token endpoint is down, and is not requested by every read', async () => {
  stopClocks();
  const kit = await wire();
  await kit.query(OWN);
  kit.sandbox.set({ faultPath: '/v2/token', fail503: 1 });
  // In its last minute, the token would be renewed.
  pass(3600 - 30);
  expect(await readOften(kit)).toEqual([]);
  pass(20);
  expect(await readOften(kit)).toEqual([]);
  // The first request, and two renewals of three attempts each.
  expect(kit.tokenCalls()).toBeLessThanOrEqual(1 + 2 * 3);
  expect(kit.tokenCalls()).toBeGreaterThan(1);
  pass(11);
  expect(new Set(await readOften(kit))).toEqual(new Set(['TWILIO_UNAVAILABLE']));
  kit.sandbox.set({ fail503: 0 });
  pass(6);
  expect(await readOften(kit)).toEqual([]);
});

test('a token endpoint that throttles gets one request, and no more until Retry-After', async () => {
  stopClocks();
  const kit = await wire({ sandbox: { switches: { tokenThrottle: 1, tokenThrottleSeconds: 3 } } });
  const responses = await Promise.all(Array.from({ length: 20 }, () => kit.query(OWN)));
  for (const { errors } of responses) {
    expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_RATE_LIMITED', twilio: { code: 322401 } } }]);
    expect(errors?.[0]?.extensions.retryAfter).toBeGreaterThanOrEqual(2);
  }
  expect(new Set(await readOften(kit))).toEqual(new Set(['TWILIO_RATE_LIMITED']));
  expect(kit.tokenCalls()).toBe(1);
  kit.sandbox.set({ tokenThrottle: 0 });
  pass(3.1);
  expect((await kit.query(OWN)).errors).toBeUndefined();
  expect(kit.tokenCalls()).toBe(2);
});

test.each([0, 1])(
  'a token with a lifetime of %i s is not requested by every read',
  async (tokenTtlSeconds) => {
    const kit = await wire({ sandbox: { switches: { tokenTtlSeconds } } });
    await readOften(kit);
    expect(kit.tokenCalls()).toBeLessThanOrEqual(3);
  },
);

test('revoked tokens are replaced with one request for all reads', async () => {
  const kit = await wire();
  await kit.query(OWN);
  kit.sandbox.revokeTokens();
  const responses = await Promise.all([kit.query(OWN), kit.query('{ account { sid } }'), kit.query(OWN)]);
  expect(responses.flatMap(codesOf)).toEqual([]);
  expect(kit.tokenCalls()).toBe(2);
});

test('revoked while the token endpoint is down: TWILIO_UNAVAILABLE until it is back', async () => {
  stopClocks();
  const kit = await wire();
  await kit.query(OWN);
  kit.sandbox.revokeTokens();
  kit.sandbox.set({ faultPath: '/v2/token', resetConnection: 1 });
  expect(codesOf(await kit.query(OWN))).toEqual(['TWILIO_UNAVAILABLE']);
  const paused = await kit.query(OWN);
  expect(paused.errors).toMatchObject([{ extensions: { code: 'TWILIO_UNAVAILABLE', retryAfter: 1 } }]);
  kit.sandbox.set({ resetConnection: 0 });
  pass(0.6);
  expect((await kit.query(OWN)).errors).toBeUndefined();
});

// Twilio's clock differs from ours: its tokens seem expired, or not valid yet.
test.each([-2 * 3_600_000, -90_000, 90_000, 2 * 3_600_000])(
  'clocks with a difference of %i ms',
  async (skew) => {
    let ahead = skew;
    const kit = await wire({ sandbox: { clock: () => Date.now() + ahead } });
    expect(await readOften(kit)).toEqual([]);
    expect(kit.tokenCalls()).toBe(1);
    // Set after tokens were issued.
    ahead = 0;
    expect((await kit.query(OWN)).errors).toBeUndefined();
    ahead = skew;
    expect((await kit.query(OWN)).errors).toBeUndefined();
    expect(kit.tokenCalls()).toBeLessThanOrEqual(3);
  },
);
