import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { GetOptions, TwilioHttp } from '../../src/twilio/http.ts';
import { createReadCache, type ReadCache } from '../../src/twilio/read-cache.ts';
import { createSharedHttp } from '../../src/twilio/shared-http.ts';
import { scope, twilioAt } from './kit.ts';

/** An upstream that answers each path with a text of its own. */
function upstream(textOf: (path: string) => string = (path) => JSON.stringify({ path })) {
  const paths: string[] = [];
  const http: TwilioHttp = {
    async get(path, { signal }) {
      signal.throwIfAborted();
      paths.push(path);
      await setImmediate();
      const text = textOf(path);
      return { text, json: JSON.parse(text) };
    },
  };
  return { http, paths };
}

const MINUTE = 60_000;
const lasting: GetOptions = { lifetime: () => MINUTE };

describe('an answer that may be given again', () => {
  test('is kept when it comes a second time, under its owner only', async () => {
    const { http, paths } = upstream();
    const cache = createReadCache({ maxBytes: 1e6 }) as ReadCache;
    const own = createSharedHttp(http, { owner: 'one#1', cache });
    const other = createSharedHttp(http, { owner: 'one#2', cache });
    for (const reader of [own, own, own, other]) {
      expect((await reader.get('/a', scope(), lasting)).json).toEqual({ path: '/a' });
    }
    expect(paths).toEqual(['/a', '/a', '/a']);
    cache.close();
  });

  test('is read anew for who wants it fresh', async () => {
    const { http, paths } = upstream();
    const cache = createReadCache({ maxBytes: 1e6 }) as ReadCache;
    const shared = createSharedHttp(http, { owner: 'x', cache });
    for (let times = 0; times < 3; times += 1) await shared.get('/a', scope(), lasting);
    await shared.get('/a', { ...scope(), fresh: true }, lasting);
    expect(paths).toHaveLength(3);
    cache.close();
  });

  test('says until when what is made of it may be given again, too', async () => {
    const { http } = upstream();
    const cache = createReadCache({ maxBytes: 1e6 }) as ReadCache;
    const shared = createSharedHttp(http, { owner: 'x', cache });
    const own = { ...scope(), keepUntil: Number.POSITIVE_INFINITY };
    await shared.get('/a', own, lasting);
    expect(own.keepUntil - performance.now()).toBeLessThanOrEqual(MINUTE);
    await shared.get('/b', own, { lifetime: () => 1_000 });
    expect(own.keepUntil - performance.now()).toBeLessThanOrEqual(1_000);
    await shared.get('/c', own, {});
    expect(own.keepUntil).toBe(0);
    cache.close();
  });

  test("holds no account's auth token", async () => {
    const { parent, direct } = twilioAt();
    const kept = new Map<string, string>();
    const cache = { get: () => undefined, has: () => false, remaining: () => 0, size: 0, close: () => {} };
    const offer = (key: string, text: string) => void kept.set(key, text);
    const { createTwilioClient } = await import('../../src/twilio/client.ts');
    const shared = createSharedHttp(direct, { owner: 'x', cache: { ...cache, offer } });
    const lifetimes = { messageMs: MINUTE, accountMs: MINUTE, pageMs: MINUTE };
    await createTwilioClient(shared, parent.sid, lifetimes).account(parent.sid, scope());
    expect([...kept.values()].join()).toContain(parent.sid);
    expect([...kept.values()].join()).not.toContain(parent.authToken);
  });
});
