import { describe, expect, test } from 'vitest';
import { createResponseCache } from '../../src/http/response-cache.ts';
import { CACHE, createKit, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

const LIST = '{ messages(first: 5) { nodes { sid status body } } }';

/** Two credentials of one account, two READERs with one each; all messages are final. */
async function twoReaders() {
  const kit = await createManagedKit({ config: { cache: CACHE }, sandbox: { messages: 0 } });
  for (let index = 0; index < 5; index += 1) kit.sandbox.addMessage('parent', { body: `number ${index}` });
  kit.sandbox.addApp({ accountSid: kit.sandbox.accounts.parent.sid, nickname: 'second' });
  const one = await kit.readerKey([await kit.addCredential('one', 0)], { name: 'one' });
  const two = await kit.readerKey([await kit.addCredential('two', kit.sandbox.apps.length - 1)], {
    name: 'two',
  });
  const calls = async (key: { authorization: string }, query = LIST) => {
    const answer = await kit.countCalls(query, {}, { authorization: key.authorization });
    return noErrors(answer).calls.length;
  };
  const wasCached = () =>
    kit.lines.map((line) => JSON.parse(line)).findLast(({ path }) => path === '/graphql')?.kept ?? false;
  return { kit, one, two, calls, wasCached };
}

describe('a cached response', () => {
  test('is used from the second identical request of the same caller on', async () => {
    const { one, calls, wasCached } = await twoReaders();
    const times = [await calls(one), await calls(one), await calls(one), await calls(one)];
    expect(times).toEqual([1, 1, 0, 0]);
    expect(wasCached()).toBe(true);
    // Not the same bytes.
    await calls(one, `${LIST} `);
    expect(wasCached()).toBe(false);
  });

  test('is not shared between callers, though both read the same account', async () => {
    const { one, two, calls } = await twoReaders();
    await calls(one);
    await calls(one);
    expect([await calls(two), await calls(two), await calls(two)]).toEqual([1, 1, 0]);
  });

  test('is not served to a revoked key', async () => {
    const { kit, one, calls } = await twoReaders();
    for (let times = 0; times < 4; times += 1) await calls(one);
    noErrors(await kit.admin('mutation($id: ID!) { revokeApiKey(id: $id) }', { id: one.id }));
    const { errors, data } = await kit.query(LIST, {}, { authorization: one.authorization });
    expect([errors?.[0]?.extensions.code, data]).toEqual(['API_KEY_REVOKED', undefined]);
  });

  test('is purged by any change of keys or credentials', async () => {
    const { kit, one, calls, wasCached } = await twoReaders();
    for (let times = 0; times < 3; times += 1) await calls(one);
    expect(wasCached()).toBe(true);
    await kit.addCredential('three', 1);
    await calls(one);
    expect(wasCached()).toBe(false);
  });

  test('must not have errors, the caller, or a message that may change', async () => {
    const { kit, one, calls } = await twoReaders();
    const viewer = '{ viewer { name } messages(first: 1) { nodes { sid } } }';
    expect([await calls(one, viewer), await calls(one, `${viewer} `), await calls(one, viewer)]).toEqual([
      1, 1, 0,
    ]);
    const { sid } = kit.sandbox.addMessage('parent', { status: 'sent' });
    const single = `{ message(sid: "${sid}") { status } }`;
    for (let times = 0; times < 4; times += 1) expect(await calls(one, single)).toBe(1);
    const missing = `{ account { sid } message(sid: "SM${'0'.repeat(32)}") { sid } }`;
    for (let times = 0; times < 4; times += 1) expect(await calls(one, missing)).toBeGreaterThan(0);
  });
});

test('a cached response equals that of yoga and of compiled code', async () => {
  const kit = createKit({ sandbox: { messages: 0 }, config: { cache: CACHE } });
  kit.sandbox.addMessage('parent', { body: 'text' });
  const send = async (cacheControl: string) => {
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': cacheControl },
      body: JSON.stringify({ query: LIST }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    };
  };
  const first = await send('no-cache');
  expect(first.body).toContain('"body":"text"');
  for (const cacheControl of ['max-age=60', 'no-cache', 'no-cache', 'no-cache', 'no-cache', 'max-age=60']) {
    expect(await send(cacheControl)).toEqual(first);
  }
});

test('a response that began before a change is not cached after it', () => {
  let change = () => {};
  const kept = createResponseCache(1_000_000, (listener) => {
    change = listener;
    return () => {};
  });
  const since = performance.now();
  const expiresAt = since + 60_000;
  const offer = (begun: number) =>
    kept.offer('a', Buffer.from('{}'), { operations: [], accesses: new Set() }, { since: begun, expiresAt });
  offer(since);
  expect(kept.get('a')).toBeUndefined();
  offer(since);
  expect(kept.get('a')?.body.toString()).toBe('{}');
  change();
  expect(kept.get('a')).toBeUndefined();
  offer(since);
  expect(kept.get('a')).toBeUndefined();
  offer(performance.now() + 1);
  expect(kept.get('a')?.body.toString()).toBe('{}');
  kept.close();
});
