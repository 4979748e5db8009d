import { afterEach, expect, test } from 'vitest';
import { createReadCache, type ReadCache } from '../../src/twilio/read-cache.ts';

let cache: ReadCache;
afterEach(() => cache.close());

function open(maxBytes: number, purgeEveryMs?: number): ReadCache {
  cache = createReadCache({ maxBytes }, purgeEveryMs) as ReadCache;
  return cache;
}

function keep(key: string, text: string, ttl: number): void {
  cache.offer(key, text, ttl);
  cache.offer(key, text, ttl);
}

test('keeps what comes a second time, and nothing that comes once', async () => {
  const { get, offer } = open(10_000);
  offer('a', 'text', 60_000);
  expect(get('a')).toBeUndefined();
  offer('a', 'text', 60_000);
  expect(get('a')).toBe('text');
  offer('b', 'text', 60_000);
  expect(get('b')).toBeUndefined();
});

test('keeps no more than its bytes, the least used goes first', () => {
  open(10_000);
  for (let index = 0; index < 20; index += 1) keep(`key ${index}`, 'x'.repeat(500), 60_000);
  expect(cache.size).toBeGreaterThan(8_000);
  expect(cache.size).toBeLessThanOrEqual(10_000);
  expect(cache.has('key 19')).toBe(true);
  expect(cache.has('key 0')).toBe(false);
});

test('says for how long it still keeps something', () => {
  open(10_000);
  keep('a', 'text', 60_000);
  expect(cache.remaining('a')).toBeGreaterThan(59_000);
  expect(cache.remaining('b')).toBe(0);
});

test('lets go of what has outlived its lifetime, though nobody asks for it', async () => {
  open(10_000, 10);
  keep('old', 'x'.repeat(1_000), 20);
  expect(cache.size).toBeGreaterThan(2_000);
  await expect.poll(() => cache.size).toBe(0);
});

test('of no bytes is none', () => {
  open(1);
  expect(createReadCache({ maxBytes: 0 })).toBeUndefined();
});
