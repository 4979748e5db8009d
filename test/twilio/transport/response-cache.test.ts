import { afterAll, describe, expect, test } from 'vitest';
import { TwilioError } from '../../../src/twilio/errors.ts';
import { accounts } from '../../../src/twilio/resources/accounts.ts';
import { messages } from '../../../src/twilio/resources/messages.ts';
import {
  createResponseCache,
  type ResponseCache,
  type ResponseCacheOptions,
} from '../../../src/twilio/transport/response-cache.ts';
import { singleFlight } from '../../../src/twilio/transport/single-flight.ts';
import type { Transport } from '../../../src/twilio/types.ts';
import { failureOf, first, scope, twilioAt } from '../kit.ts';

const MINUTE = 60_000;
const FRESH = { maxBytes: 2 ** 20, messageMs: MINUTE, accountMs: MINUTE, pageMs: 1_000 };

const open: ResponseCache[] = [];
// After all tests, because some run concurrently.
afterAll(() => {
  for (const cache of open.splice(0)) cache.close();
});

/** A cache whose clock for stale responses the test controls. */
function cacheAt(options: ResponseCacheOptions) {
  let time = 0;
  const cache = createResponseCache({ now: () => time, ...options });
  open.push(cache);
  return {
    cache,
    pass(milliseconds: number) {
      time += milliseconds;
    },
  };
}

describe('a response with a lifetime', () => {
  function freshAt(options: Partial<typeof FRESH> = {}) {
    const twilio = twilioAt();
    const { cache } = cacheAt({ fresh: { ...FRESH, ...options } });
    const open = (owner: string) => twilio.through(cache.layer(twilio.transport, owner));
    const apiCalls = () => twilio.statuses().length;
    return { ...twilio, cache, open, apiCalls };
  }

  test('is cached from the second read on, for its owner only', async () => {
    const { open, parent, apiCalls } = freshAt();
    const [own, other] = [open('one#1'), open('one#2')];
    const origins: string[] = [];
    for (const client of [own, own, own, other]) {
      origins.push((await client.read(accounts, { Sid: parent.sid }, scope())).origin);
    }
    expect(origins).toEqual(['upstream', 'upstream', 'cache', 'upstream']);
    expect(apiCalls()).toBe(3);
  });

  test('is cached immediately if two reads share it', async () => {
    const { transport, through, cache, parent } = freshAt();
    const client = through(cache.layer(singleFlight(transport), 'x'));
    const read = async () => (await client.read(accounts, { Sid: parent.sid }, scope())).origin;
    expect(await Promise.all([read(), read()])).toEqual(['upstream', 'shared']);
    expect(await read()).toBe('upstream');
    expect(await read()).toBe('cache');
  });

  test('is read again with no-cache', async () => {
    const { open, parent } = freshAt();
    const client = open('x');
    for (let times = 0; times < 3; times += 1) await client.read(accounts, { Sid: parent.sid }, scope());
    const found = await client.read(accounts, { Sid: parent.sid }, { ...scope(), noCache: true });
    expect(found.origin).toBe('upstream');
  });

  test('has a lifetime, and then the remaining lifetime', async () => {
    const { open, parent } = freshAt();
    const client = open('x');
    const read = () => client.read(accounts, { Sid: parent.sid }, scope());
    expect((await read()).ttlMs).toBe(MINUTE);
    await read();
    const { origin, ttlMs } = await read();
    expect(origin).toBe('cache');
    expect(ttlMs).toBeLessThanOrEqual(MINUTE);
    expect(ttlMs).toBeGreaterThan(MINUTE - 30_000);
  });

  test('is not cached if its descriptor has no lifetime', async () => {
    const { open } = freshAt();
    const client = open('x');
    for (let times = 0; times < 3; times += 1) {
      expect(await client.list(accounts, {}, first(5), scope())).toMatchObject({
        origin: 'upstream',
        ttlMs: 0,
      });
    }
  });

  test('contains no auth token of an account', async () => {
    const { transport, through, cache, parent, sandbox } = freshAt();
    sandbox.set({ authTokenUnderOAuth: 'secret' });
    const seen: string[] = [];
    const layer = cache.layer(transport, 'x');
    const client = through(async (...read) => {
      const result = await layer(...read);
      if (result.origin === 'cache') seen.push(result.text);
      return result;
    });
    for (let times = 0; times < 3; times += 1) await client.read(accounts, { Sid: parent.sid }, scope());
    expect(seen.join()).toContain(parent.sid);
    expect(seen.join()).not.toContain(parent.authToken);
  });

  test('is not cached if it is for another SID', async () => {
    const { cache, through, parent, active } = freshAt();
    const text = JSON.stringify({ sid: active.sid });
    const wrong: Transport = async () => ({
      text,
      json: JSON.parse(text),
      origin: 'upstream',
      ttlMs: 0,
      ageMs: 0,
    });
    const client = through(cache.layer(wrong, 'x'));
    for (let times = 0; times < 3; times += 1) {
      await failureOf(client.read(accounts, { Sid: parent.sid }, scope()));
    }
    expect(cache.size).toBe(0);
  });

  test('is cached within the byte limit, least recently used evicted first', async () => {
    const { open, cache, sandbox } = freshAt({ maxBytes: 10_000 });
    const client = open('x');
    const sids = Array.from({ length: 20 }, () => sandbox.addAccount().sid);
    for (const sid of [...sids, ...sids]) await client.read(accounts, { Sid: sid }, scope()).catch(() => {});
    expect(cache.size).toBeLessThanOrEqual(10_000);
  });

  test('is purged when it expires, even if nobody reads it', async () => {
    const twilio = twilioAt();
    const { cache } = cacheAt({ fresh: { ...FRESH, accountMs: 20 }, purgeEveryMs: 10 });
    const client = twilio.through(cache.layer(twilio.transport, 'x'));
    for (let times = 0; times < 2; times += 1) {
      await client.read(accounts, { Sid: twilio.parent.sid }, scope());
    }
    expect(cache.size).toBeGreaterThan(0);
    await expect.poll(() => cache.size).toBe(0);
  });
});

describe('a stale response', () => {
  function staleAt({ owner = 'credential#1', maxMs = 5 * MINUTE } = {}) {
    const twilio = twilioAt();
    const { cache, pass } = cacheAt({ stale: { maxBytes: 2 ** 20, maxMs } });
    const open = (by: string, transport: Transport = twilio.transport) =>
      twilio.through(cache.layer(transport, by));
    const client = open(owner);
    const allowing = (staleIfErrorMs = 60 * MINUTE, noCache = false) => ({
      ...scope(),
      staleIfErrorMs,
      noCache,
    });
    const list = (own: ReturnType<typeof scope> = allowing()) =>
      client.list(messages, { AccountSid: twilio.parent.sid }, first(5), own);
    return { ...twilio, cache, pass, open, client, allowing, list };
  }

  // Concurrently, because giving up takes real time.
  describe.concurrent('is served while Twilio is unavailable', () => {
    test.each([
      ['does not respond', { resetConnection: 1 }],
      ['responds 500', { fail500: 1 }],
      ['responds 503', { fail503: 1 }],
      ['responds 429 repeatedly', { fail429: 1 }],
      ['is behind a failing proxy', { htmlInsteadOfJson: 1 }],
    ])('because it %s', async (_, fault) => {
      const { list, sandbox, pass } = staleAt();
      const before = await list();
      sandbox.set(fault);
      pass(42_500);
      expect(await list()).toEqual({ value: before.value, origin: 'stale', ttlMs: 0, ageMs: 42_500 });
    });

    test('not to a request that does not allow it, sends no-cache, or allows a lower age', async () => {
      const { list, allowing, sandbox, pass } = staleAt();
      await list();
      sandbox.set({ fail503: 1 });
      pass(30_000);
      const reads = [scope(), allowing(MINUTE, true), allowing(29_000)].map((own) => failureOf(list(own)));
      for (const error of await Promise.all(reads)) expect(error).toMatchObject({ code: 20503 });
      expect(await list(allowing(30_000))).toHaveProperty('value');
    });

    test('not beyond the maximum age of the settings', async () => {
      const { list, sandbox, pass } = staleAt({ maxMs: MINUTE });
      await list();
      sandbox.set({ fail503: 1 });
      pass(MINUTE + 1);
      expect(await failureOf(list())).toMatchObject({ code: 20503 });
    });

    test('not for another credential, secret, account or filter', async () => {
      const { client, list, open, allowing, sandbox, parent, active } = staleAt();
      await list();
      sandbox.set({ fail503: 1 });
      const own = { AccountSid: parent.sid };
      const others = [
        open('another#1').list(messages, own, first(5), allowing()),
        open('credential#2').list(messages, own, first(5), allowing()),
        client.list(messages, { AccountSid: active.sid }, first(5), allowing()),
        client.list(messages, own, { ...first(5), filters: [['To', '+14155550100']] }, allowing()),
        client.list(messages, own, first(6), allowing()),
        client.list(accounts, {}, first(5), allowing()),
      ];
      for (const error of await Promise.all(others.map(failureOf)))
        expect(error).toMatchObject({ code: 20503 });
    });
  });

  test('is cached only for requests that allow it', async () => {
    const { list, cache, client, parent } = staleAt();
    await list(scope());
    expect(cache.size).toBe(0);
    await list();
    const { size } = cache;
    expect(size).toBeGreaterThan(0);
    await client.read(accounts, { Sid: parent.sid }, scope());
    expect(cache.size).toBe(size);
  });

  test('has the age since Twilio sent it, however often it was served from the cache', async () => {
    const twilio = twilioAt();
    const { cache, pass } = cacheAt({
      fresh: { ...FRESH, accountMs: 200 },
      stale: { maxBytes: 2 ** 20, maxMs: 60 * MINUTE },
    });
    const client = twilio.through(cache.layer(twilio.transport, 'x'));
    const read = () =>
      client.read(accounts, { Sid: twilio.parent.sid }, { ...scope(), staleIfErrorMs: 60 * MINUTE });
    await read();
    await read();
    pass(10_000);
    expect((await read()).origin).toBe('cache');
    twilio.sandbox.set({ resetConnection: 1 });
    pass(5_000);
    await expect.poll(async () => (await read()).origin, { timeout: 15_000 }).toBe('stale');
    expect((await read()).ageMs).toBe(15_000);
  });

  test('is dropped when the same read is rejected, for any caller', async () => {
    const { client, list, allowing, cache, parent, sandbox } = staleAt();
    const sid = (await list()).value.items[0]?.sid ?? '';
    const { size } = cache;
    const one = { AccountSid: parent.sid, Sid: sid };
    await client.read(messages, one, allowing());
    expect(cache.size).toBeGreaterThan(size);
    sandbox.deleteMessage(sid);
    expect(await failureOf(client.read(messages, one, scope()))).toMatchObject({ code: 20404 });
    expect(cache.size).toBe(size);
  });

  test('is dropped for the whole account when the credential is rejected there', async () => {
    const { client, list, allowing, cache, parent, sandbox, app } = staleAt();
    await list();
    await client.read(accounts, { Sid: parent.sid }, allowing());
    sandbox.setPermissions(app.clientId, []);
    expect(await failureOf(client.read(accounts, { Sid: parent.sid }, scope()))).toMatchObject({
      code: 70051,
    });
    expect(cache.size).toBe(0);
  });

  test('is dropped for the credential when its secret is rejected, and for no other', async () => {
    const { list, open, allowing, cache, parent, active } = staleAt();
    await open('another#1').list(messages, { AccountSid: parent.sid }, first(5), allowing());
    const { size } = cache;
    await list();
    const error = TwilioError.of('oauth', 401, new Headers(), {
      code: 322402,
      message: 'Invalid credentials',
    });
    const rejected = open('credential#1', () => Promise.reject(error));
    expect(await failureOf(rejected.read(accounts, { Sid: active.sid }, scope()))).toBe(error);
    expect(cache.size).toBe(size);
  });

  test('stays if another account is rejected', async () => {
    const { client, list, cache, active } = staleAt();
    await list();
    const { size } = cache;
    expect(await failureOf(client.read(accounts, { Sid: active.sid }, scope()))).toMatchObject({
      code: 70051,
    });
    expect(cache.size).toBe(size);
  });
});
