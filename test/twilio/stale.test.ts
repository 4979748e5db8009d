import { describe, expect, test } from 'vitest';
import { createTwilioClient } from '../../src/twilio/client.ts';
import type { TwilioHttp } from '../../src/twilio/http.ts';
import { createReadCache } from '../../src/twilio/read-cache.ts';
import { createSharedHttp } from '../../src/twilio/shared-http.ts';
import { createStaleCache, createStaleReads } from '../../src/twilio/stale.ts';
import { TwilioError } from '../../src/twilio-error.ts';
import { failureOf, scope, twilioAt } from './kit.ts';

const MINUTE = 60_000;
const FIRST = { name: null, pageSize: 5, filters: [] };

/** Reads that fall back on what was kept; the kept ones' clock moves only when told. */
function staleAt({ owner = 'credential#1', maxMs = 5 * MINUTE } = {}) {
  const twilio = twilioAt();
  const { cache } = createStaleCache({ maxBytes: 2 ** 20, maxMs });
  if (!cache) throw new Error('no cache');
  let time = 0;
  const open = (by: string, direct: TwilioHttp = twilio.direct) => {
    const reads = createStaleReads({
      owner: by,
      ownAccountSid: twilio.parent.sid,
      cache,
      maxMs,
      now: () => time,
    });
    return createTwilioClient(reads.fallingBack(reads.timed(direct)), twilio.parent.sid);
  };
  const client = open(owner);
  const allowing = (staleIfErrorMs = 60 * MINUTE, fresh = false) => ({ ...scope(), staleIfErrorMs, fresh });
  return {
    ...twilio,
    open,
    client,
    cache,
    now: () => time,
    allowing,
    read: (own = allowing()) => client.messages(twilio.parent.sid, FIRST, own),
    pass(milliseconds: number) {
      time += milliseconds;
    },
  };
}

// Side by side, because giving up takes real time.
describe.concurrent('while Twilio cannot be asked', () => {
  test.each([
    ['does not answer', { resetConnection: 1 }],
    ['answers 500', { fail500: 1 }],
    ['answers 503', { fail503: 1 }],
    ['answers 429 on and on', { fail429: 1 }],
    ['has a proxy answer', { htmlInsteadOfJson: 1 }],
  ])('because it %s, what was read before is answered, and said to be old', async (_, fault) => {
    const { read, allowing, sandbox, pass, parent } = staleAt();
    const before = await read();
    sandbox.set(fault);
    pass(42_500);
    const own = allowing();
    expect(await read(own)).toEqual(before);
    expect(own).toMatchObject({ stale: [{ read: 'messages', accountSid: parent.sid, age: 42 }] });
  });

  test('nothing old is answered to who did not allow it, asked for no-cache, or allows less', async () => {
    const { read, allowing, sandbox, pass } = staleAt();
    await read();
    sandbox.set({ fail503: 1 });
    pass(30_000);
    const answers = [scope(), allowing(MINUTE, true), allowing(29_000)].map((own) =>
      failureOf(read(own as never)),
    );
    for (const error of await Promise.all(answers)) expect(error).toMatchObject({ code: 20503 });
    expect(await read(allowing(30_000))).toHaveProperty('items');
  });

  test('nothing is answered once it has outlived its lifetime', async () => {
    const { read, sandbox, pass } = staleAt({ maxMs: MINUTE });
    await read();
    sandbox.set({ fail503: 1 });
    pass(MINUTE + 1);
    expect(await failureOf(read())).toMatchObject({ code: 20503 });
  });

  test('nothing is answered that another credential, secret, account or filter brought', async () => {
    const { client, open, allowing, sandbox, parent, active } = staleAt();
    await client.messages(parent.sid, FIRST, allowing());
    sandbox.set({ fail503: 1 });
    const others = [
      open('another#1').messages(parent.sid, FIRST, allowing()),
      open('credential#2').messages(parent.sid, FIRST, allowing()),
      client.messages(active.sid, FIRST, allowing()),
      client.messages(parent.sid, { ...FIRST, filters: [['To', '+14155550100']] }, allowing()),
      client.messages(parent.sid, { ...FIRST, pageSize: 6 }, allowing()),
      client.accounts(FIRST, allowing()),
    ];
    for (const error of await Promise.all(others.map(failureOf)))
      expect(error).toMatchObject({ code: 20503 });
  });
});

describe('what is kept', () => {
  test('is only what callers read who allow old answers', async () => {
    const { read, cache, client, parent } = staleAt();
    await read(scope() as never);
    expect(cache.size).toBe(0);
    await read();
    expect(cache.size).toBe(1);
    await client.account(parent.sid, scope());
    expect(cache.size).toBe(1);
  });

  test('is as old as Twilio made it, however often it was answered since', async () => {
    const { direct, cache, allowing, sandbox, pass, parent, now } = staleAt();
    const reads = createStaleReads({ owner: 'x', ownAccountSid: parent.sid, cache, maxMs: MINUTE, now });
    // What is in between answers for a while by itself.
    const shared = createReadCache({ maxBytes: 2 ** 20 });
    const http = createSharedHttp(reads.timed(direct), { owner: 'x', cache: shared });
    const path = `/2010-04-01/Accounts/${parent.sid}.json`;
    const get = (own = allowing()) => reads.fallingBack(http).get(path, own, { lifetime: () => MINUTE });
    await get();
    await get();
    pass(10_000);
    await get();
    shared?.close();
    sandbox.set({ resetConnection: 1 });
    pass(5_000);
    const own = allowing();
    await get(own);
    expect(own).toMatchObject({ stale: [{ age: 15 }] });
  });

  test("holds no account's auth token", async () => {
    const { client, allowing, cache, parent, sandbox } = staleAt();
    await client.account(parent.sid, allowing());
    await client.accounts(FIRST, allowing());
    expect(cache.size).toBe(2);
    const kept = JSON.stringify([...cache.values()]);
    expect(kept).toContain(parent.friendlyName);
    for (const { authToken } of Object.values(sandbox.accounts)) expect(kept).not.toContain(authToken);
  });

  test('is forgotten with a refusal of that read', async () => {
    const { client, allowing, cache, parent, sandbox } = staleAt();
    const { items } = await client.messages(parent.sid, FIRST, allowing());
    const sid = items[0]?.sid ?? '';
    await client.message(parent.sid, sid, allowing());
    expect(cache.size).toBe(2);
    sandbox.deleteMessage(sid);
    // Whoever hears of it first: the message is gone for all.
    expect(await failureOf(client.message(parent.sid, sid, scope()))).toMatchObject({ code: 20404 });
    expect([...cache.keys()].some((key) => key.includes(` message ${sid}`))).toBe(false);
    expect(cache.size).toBe(1);
  });

  test('is forgotten for the whole account once the credential is refused there', async () => {
    const { client, allowing, cache, parent, sandbox, app } = staleAt();
    await client.messages(parent.sid, FIRST, allowing());
    await client.account(parent.sid, allowing());
    sandbox.setPermissions(app.clientId, []);
    expect(await failureOf(client.account(parent.sid, scope()))).toMatchObject({ code: 70051 });
    expect(cache.size).toBe(0);
  });

  test('is forgotten once the secret is refused', async () => {
    const { client, open, allowing, cache, parent, active } = staleAt();
    await client.messages(parent.sid, FIRST, allowing());
    await open('another#1').messages(parent.sid, FIRST, allowing());
    const error = TwilioError.of('oauth', 401, new Headers(), {
      code: 322402,
      message: 'Invalid credentials',
    });
    const refused = open('credential#1', { get: () => Promise.reject(error) });
    expect(await failureOf(refused.account(active.sid, scope()))).toBe(error);
    expect([...cache.keys()].map((key) => key.split(' ')[0])).toEqual(['another#1']);
  });

  test('stays where another account is refused', async () => {
    const { client, allowing, cache, parent, active } = staleAt();
    await client.messages(parent.sid, FIRST, allowing());
    expect(await failureOf(client.account(active.sid, scope()))).toMatchObject({ code: 70051 });
    expect(cache.size).toBe(1);
  });
});
