import { expect, test } from 'vitest';
import { codesOf, FAULTS, sleep, wire } from './kit.ts';

const THREE = '{ messages(first: 3) { nodes { sid body } } account { friendlyName } }';
const OLD_WILL_DO = { 'cache-control': 'stale-if-error=60' };

test('stale responses are served to requests that allow them, and are marked', async () => {
  const kit = await wire();
  const { parent } = kit.sandbox.accounts;
  const before = await kit.query(THREE, OLD_WILL_DO);
  expect(before.extensions).toBeUndefined();
  expect(before.headers.has('age')).toBe(false);
  kit.sandbox.set({ fail503: 1 });
  await sleep(1_100);
  for (let round = 0; round < 3; round += 1) {
    const { data, errors, extensions, headers } = await kit.query(THREE, OLD_WILL_DO);
    expect(errors).toBeUndefined();
    expect(data).toEqual(before.data);
    expect(extensions?.stale?.age).toBeGreaterThanOrEqual(1);
    expect(headers.get('age')).toBe(String(extensions?.stale?.age));
    const reads = ['messages', 'account'].map((read) =>
      expect.objectContaining({ read, accountSid: parent.sid, age: expect.any(Number) }),
    );
    expect(extensions?.stale?.reads).toHaveLength(2);
    expect(extensions?.stale?.reads).toEqual(expect.arrayContaining(reads));
  }
  const others = await Promise.all([
    kit.query(THREE),
    kit.query(THREE, { 'cache-control': 'stale-if-error=0' }),
    kit.query(THREE, { 'cache-control': 'no-cache, stale-if-error=60' }),
    kit.query(THREE, { ...OLD_WILL_DO, 'x-twilio-credential': 'sandbox-subaccount' }),
  ]);
  for (const answer of others) {
    expect(answer.data).toEqual({ messages: null, account: null });
    expect(new Set(codesOf(answer))).toEqual(new Set(['TWILIO_UNAVAILABLE']));
    expect(answer.extensions).toBeUndefined();
  }
  kit.sandbox.set({ fail503: 0 });
  await sleep(300);
  const after = await kit.query(THREE, OLD_WILL_DO);
  expect(after).toMatchObject({ data: before.data });
  expect(after.extensions).toBeUndefined();
});

test('a compiled query marks stale responses too', async () => {
  const kit = await wire();
  for (let round = 0; round < 5; round += 1) await kit.query(THREE, OLD_WILL_DO);
  kit.sandbox.set({ resetConnection: 1 });
  expect((await kit.query(THREE, OLD_WILL_DO)).extensions?.stale?.reads).toHaveLength(2);
});

test('without a cache nothing stale is served', async () => {
  for (const stale of [
    { maxMs: 0, maxBytes: 2 ** 20 },
    { maxMs: 60_000, maxBytes: 0 },
  ]) {
    const kit = await wire({ config: { resilience: { ...FAULTS, stale } } });
    await kit.query(THREE, OLD_WILL_DO);
    kit.sandbox.set({ fail503: 1 });
    expect((await kit.query(THREE, OLD_WILL_DO)).data).toEqual({ messages: null, account: null });
  }
});

test('a stale response is not served after Twilio rejects the read', async () => {
  const kit = await wire();
  await kit.query(THREE, OLD_WILL_DO);
  kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', []);
  expect(codesOf(await kit.query(THREE, OLD_WILL_DO))).toContain('TWILIO_PERMISSION_MISSING');
  kit.sandbox.set({ fail503: 1 });
  expect((await kit.query(THREE, OLD_WILL_DO)).data).toEqual({ messages: null, account: null });
});
