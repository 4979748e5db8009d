import { describe, expect, test } from 'vitest';
import type { SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import { codesOf, sleep, wire } from './kit.ts';

const HUNG = { latencyMs: 60_000 };
const DEADLINE_MS = 1_000;
const SLACK_MS = 3_000;
const CONFIG = { requestTimeoutMs: DEADLINE_MS, upstreamTimeoutMs: 30_000 };
const OWN = '{ messages(first: 2) { nodes { sid } } }';
const SCAN = '{ messages(first: 5, filter: { bodyContains: "no message says this" }) { nodes { sid } } }';
const PROBE = '{ credentials { permissions { granted } } }';

/** More reads than may run concurrently: some wait. */
const MANY = `{ ${Array.from(
  { length: 60 },
  (_, index) => `m${index}: message(sid: "SM${String(index).padStart(32, '0')}") { sid }`,
).join(' ')} }`;

describe.concurrent('nothing hangs beyond the deadline', () => {
  test.each<[string, string, Partial<SandboxSwitches>, { warm?: boolean }]>([
    ['a read', OWN, HUNG, {}],
    ['the first token', OWN, HUNG, { warm: false }],
    ['waiting reads', MANY, HUNG, {}],
    ['the wait before a retry', OWN, { fail429: 1, retryAfterSeconds: 0.5 as number }, {}],
    ['a scan over many slow pages', SCAN, { latencyMs: 250, maxItemsPerPage: 5 }, {}],
    ['a probe of permissions', PROBE, HUNG, {}],
  ])('%s', async (_name, query, switches, { warm = true }) => {
    const kit = await wire({ config: CONFIG });
    if (warm)
      await Promise.all([kit.query(OWN), kit.query(OWN, { 'x-twilio-credential': 'sandbox-subaccount' })]);
    kit.sandbox.set(switches);
    const response = await kit.query(query);
    expect(response.ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    const codes = codesOf(response);
    expect(codes.length).toBeGreaterThan(0);
    expect(['REQUEST_TIMEOUT', 'TWILIO_UNAVAILABLE', 'TWILIO_RATE_LIMITED']).toEqual(
      expect.arrayContaining([...new Set(codes)]),
    );
    // No call is sent after the deadline.
    await sleep(300);
    const calls = kit.apiCalls().length;
    await sleep(700);
    expect(kit.apiCalls()).toHaveLength(calls);
  });
});

test('a Retry-After beyond the deadline is not waited for', async () => {
  const kit = await wire({ config: { requestTimeoutMs: 2_300, upstreamTimeoutMs: 10_000 } });
  const query = '{ messages(first: 1, filter: { hasMedia: true }) { nodes { media { sid } } } }';
  for (let time = 0; time < 5; time += 1) expect(codesOf(await kit.query(query))).toEqual([]);
  // The request has 0.9 s left when Twilio asks it to wait for 1 s.
  kit.sandbox.set({ latencyMs: 700, fail429: 1, retryAfterSeconds: 1, faultPath: 'Media.json' });
  const { errors, data, ms } = await kit.query(query);
  expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_RATE_LIMITED', retryAfter: 1 } }]);
  expect(data.messages.nodes).toEqual([{ media: null }]);
  expect(ms).toBeLessThan(2_300 + SLACK_MS);
});

describe('a client that disconnects, over real sockets', () => {
  test.each([
    ['aborts its read at Twilio', OWN, 1],
    ['aborts all running reads, and starts none of the waiting ones', MANY, 20],
    ['aborts a probe', PROBE, 4],
  ])('%s', async (_name, query, running) => {
    const kit = await wire({ config: { requestTimeoutMs: 60_000, upstreamTimeoutMs: 30_000 } });
    await Promise.all([kit.query(OWN), kit.query(OWN, { 'x-twilio-credential': 'sandbox-subaccount' })]);
    kit.sandbox.clearCalls();
    kit.sandbox.set(HUNG);
    const client = new AbortController();
    const response = kit.query(query, {}, client.signal).catch((error) => error);
    await sleep(300);
    client.abort();
    expect(await response).toMatchObject({ name: 'AbortError' });
    await expect
      .poll(() => kit.apiCalls().filter(({ aborted }) => aborted).length, { timeout: 5_000 })
      .toBeGreaterThanOrEqual(running);
    await sleep(300);
    expect(kit.apiCalls().every(({ aborted }) => aborted)).toBe(true);
    await expect
      .poll(() => kit.lines.some((line) => line.includes('REQUEST_ABORTED')), { timeout: 5_000 })
      .toBe(true);
  });

  test('does not abort a read that another client waits for', async () => {
    const kit = await wire({ config: { upstreamTimeoutMs: 5_000 } });
    await kit.query(OWN);
    kit.sandbox.set({ latencyMs: 600 });
    kit.sandbox.clearCalls();
    const client = new AbortController();
    const gone = kit.query(OWN, {}, client.signal).catch(() => 'gone');
    const other = kit.query(OWN);
    await sleep(200);
    client.abort();
    expect(await gone).toBe('gone');
    expect((await other).errors).toBeUndefined();
    expect(kit.apiCalls()).toMatchObject([{ status: 200 }]);
  });
});
