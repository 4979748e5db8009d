import { expect, test } from 'vitest';
import { createReadCache } from '../../src/twilio/read-cache.ts';

const account = 'x'.repeat(500);
const settings = { maxBytes: 10_000, messageMs: 1, accountMs: 1, pageMs: 1 };

test('keeps no more than its bytes, the least used goes first', () => {
  const { cache, close } = createReadCache(settings);
  for (let index = 0; index < 20; index += 1) cache?.set(`key ${index}`, account, { ttl: 60_000 });
  expect(cache?.size).toBe(8);
  expect(cache?.has('key 19')).toBe(true);
  expect(cache?.has('key 0')).toBe(false);
  close();
  expect(cache?.size).toBe(0);
});

test('lets go of what has outlived its lifetime, though nobody asks for it', async () => {
  const { cache, close } = createReadCache(settings, 10);
  cache?.set('old', account, { ttl: 20 });
  cache?.set('young', account, { ttl: 60_000 });
  await expect.poll(() => cache?.size).toBe(1);
  expect(cache?.has('young')).toBe(true);
  close();
});

test('of no bytes is none', () => {
  expect(createReadCache({ ...settings, maxBytes: 0 }).cache).toBeUndefined();
  expect(createReadCache(undefined).cache).toBeUndefined();
});
