import { expect, test } from 'vitest';
import { codesOf, FAULTS, sleep, wire } from './kit.ts';

const OWN = '{ messages(first: 2) { nodes { sid } } }';
/** Once open, stays open for longer than a test takes. */
const STAYS_OPEN = {
  config: { resilience: { ...FAULTS, circuit: { failures: 3, openMs: 60_000, overMs: 0 } } },
};
const SUBACCOUNT = { 'x-twilio-credential': 'sandbox-subaccount' };

test('a dead Twilio gets no more calls: reads fail immediately with retryAfter, and other accounts still work', async () => {
  // Open for the whole test, so that no probe is due.
  const kit = await wire({
    config: { resilience: { ...FAULTS, circuit: { ...FAULTS.circuit, openMs: 60_000 } } },
  });
  const { parent } = kit.sandbox.accounts;
  await Promise.all([kit.query(OWN), kit.query(OWN, SUBACCOUNT)]);
  kit.sandbox.set({ fail503: 1, faultPath: parent.sid });
  await kit.query(OWN);
  kit.sandbox.clearCalls();
  const responses = await Promise.all(Array.from({ length: 20 }, () => kit.query(OWN)));
  for (const { errors } of responses) {
    const [error] = errors ?? [];
    expect(error?.extensions.code).toBe('TWILIO_UNAVAILABLE');
    expect(error?.extensions.retryAfter).toBeGreaterThan(30);
    expect(error?.extensions.retryAfter).toBeLessThanOrEqual(60);
  }
  expect(kit.apiCalls()).toEqual([]);
  expect((await kit.query(OWN, SUBACCOUNT)).errors).toBeUndefined();
  expect(kit.lines.filter((line) => line.includes('Twilio does not respond'))).toHaveLength(1);
  expect(kit.lines.some((line) => line.includes(parent.sid))).toBe(true);
});

test('one request with both accounts: the dead account is null, the other is read', async () => {
  const kit = await wire();
  const { parent, active } = kit.sandbox.accounts;
  const both = `{
    dead: messages(accountSid: "${parent.sid}", first: 1) { nodes { accountSid } }
    well: messages(accountSid: "${active.sid}", first: 1) { nodes { accountSid } }
  }`;
  kit.sandbox.set({ resetConnection: 1, faultPath: parent.sid });
  for (let round = 0; round < 3; round += 1) {
    const { data, errors } = await kit.query(both);
    expect(data).toEqual({ dead: null, well: { nodes: [{ accountSid: active.sid }] } });
    expect(errors).toMatchObject([{ path: ['dead'], extensions: { code: 'TWILIO_UNAVAILABLE' } }]);
  }
});

test('after the open time one probe is sent first, and its success lets the waiting calls through', async () => {
  const kit = await wire();
  await kit.query(OWN);
  kit.sandbox.set({ fail503: 1 });
  await kit.query(OWN);
  await sleep(250);
  kit.sandbox.set({ fail503: 0, latencyMs: 300 });
  kit.sandbox.clearCalls();
  const reads = Array.from({ length: 10 }, (_, index) =>
    kit.query(`{ messages(first: ${index + 1}) { nodes { sid } } }`),
  );
  // During the probe, no other call is sent.
  await sleep(150);
  const { sid, authToken } = kit.sandbox.accounts.parent;
  const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  const { headers } = await kit.sandbox.fetch(`/2010-04-01/Accounts/${sid}.json`, {
    headers: { authorization },
  });
  expect(headers.get('twilio-concurrent-requests')).toBe('2');
  expect((await Promise.all(reads)).flatMap(codesOf)).toEqual([]);
  expect(kit.lines.some((line) => line.includes('Twilio responds again'))).toBe(true);
});

test('clients that disconnect open no circuit', async () => {
  const kit = await wire(STAYS_OPEN);
  await kit.query(OWN);
  kit.sandbox.set({ latencyMs: 10_000 });
  for (let round = 0; round < 5; round += 1) {
    // Different reads, which are not shared.
    const query = `{ messages(first: ${round + 10}) { nodes { sid } } }`;
    await kit.query(query, {}, AbortSignal.timeout(100)).catch(() => {});
  }
  await expect.poll(() => kit.apiCalls().filter(({ aborted }) => aborted).length).toBe(5);
  kit.sandbox.set({ latencyMs: 0 });
  expect((await kit.query(OWN)).errors).toBeUndefined();
});

test.each([
  ['429', { fail429: 1 }],
  ['other 4xx', { resourceMissing: 1 }],
  ['redirects', { redirect: 1 }],
])('%s open no circuit', async (_, fault) => {
  const kit = await wire(STAYS_OPEN);
  await kit.query(OWN);
  kit.sandbox.set(fault);
  const { data } = await kit.query(
    `{ ${[1, 2, 3, 4].map((n) => `m${n}: messages(first: ${n}) { nodes { sid } }`)} }`,
  );
  expect(Object.values(data)).toEqual([null, null, null, null]);
  kit.sandbox.set({ fail429: 0, resourceMissing: 0, redirect: 0 });
  expect((await kit.query(OWN)).errors).toBeUndefined();
});

test('large pages that Twilio cannot return open no circuit if smaller ones work', async () => {
  const kit = await wire(STAYS_OPEN);
  await kit.query(OWN);
  kit.sandbox.set({ failAbovePageSize: 60 });
  kit.sandbox.clearCalls();
  expect((await kit.query('{ messages(first: 1000) { nodes { sid } } }')).errors).toBeUndefined();
  expect(kit.apiCalls().filter(({ status }) => status === 500).length).toBeGreaterThan(3);
});

test('a hanging Twilio opens the circuit, although no attempt times out before the request', async () => {
  const kit = await wire({ config: { requestTimeoutMs: 800, upstreamTimeoutMs: 20_000 } });
  await kit.query(OWN);
  kit.sandbox.set({ latencyMs: 30_000 });
  const codes: string[] = [];
  for (let round = 0; round < 4; round += 1) codes.push(...codesOf(await kit.query(OWN)));
  expect(codes).toEqual(['REQUEST_TIMEOUT', 'REQUEST_TIMEOUT', 'REQUEST_TIMEOUT', 'TWILIO_UNAVAILABLE']);
});

test('a Retry-After beyond the deadline is not waited for', async () => {
  const kit = await wire();
  await kit.query(OWN);
  kit.sandbox.set({ fail429: 1, retryAfterSeconds: 30 });
  kit.sandbox.clearCalls();
  const { errors } = await kit.query(OWN);
  expect(errors).toMatchObject([
    { extensions: { code: 'TWILIO_RATE_LIMITED', retryAfter: 30, twilio: { code: 20429 } } },
  ]);
  expect(kit.apiCalls()).toHaveLength(1);
});
