import { describe, expect, test } from 'vitest';
import { createConcurrencyLimit, type Place } from '../../../src/http/admission/concurrency-limit.ts';

function limitOf(max: number) {
  const limit = createConcurrencyLimit(max);
  const evicted: string[] = [];
  const place = (name: string, isEvictable = true): Place => ({
    evict() {
      if (isEvictable) evicted.push(name);
      return isEvictable;
    },
  });
  /** Takes places until one is rejected. @returns how many were taken */
  function fill(key: string, isEvictable = true): number {
    let taken = 0;
    while (taken <= max && !limit.take(key, place(`${key}${taken + 1}`, isEvictable))) taken += 1;
    return taken;
  }
  return { limit, evicted, place, fill };
}

describe('dynamic thresholds', () => {
  test('one key alone gets nine tenths, and the next one nine tenths of what is left', () => {
    const { limit, fill } = limitOf(1_000);
    expect(fill('heavy')).toBe(900);
    expect(limit.take('heavy', { evict: () => true })).toEqual({ limit: 900, actual: 901 });
    expect(fill('polite')).toBe(90);
    expect(limit.total).toBe(990);
    expect(limit.keys).toBe(2);
  });

  test('keys that grow together have the same', () => {
    const { limit } = limitOf(1_000);
    const keys = ['a', 'b', 'c'];
    for (let round = 0; round < 1_000; round += 1) {
      for (const key of keys) limit.take(key, { evict: () => false });
    }
    const counts = keys.map(limit.count);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(limit.total).toBeGreaterThan(950);
    expect(limit.total).toBeLessThan(1_000);
  });

  test.each([1, 2, 5])('a small pool of %i is used whole', (max) => {
    expect(limitOf(max).fill('only')).toBe(max);
  });
});

describe('a full pool', () => {
  test('evicts the newest place of the key with the most, in favour of one with fewer', () => {
    const { limit, evicted, place } = limitOf(4);
    for (const name of ['a1', 'b1', 'a2', 'a3'])
      expect(limit.take(name.charAt(0), place(name))).toBeUndefined();
    expect(limit.take('c', place('c1'))).toBeUndefined();
    expect(evicted).toEqual(['a3']);
    expect(['a', 'b', 'c'].map(limit.count)).toEqual([2, 1, 1]);
    // Now a would have fewer than b.
    expect(limit.take('b', place('b2'))).toEqual({ limit: 4, actual: 5 });
    expect(evicted).toEqual(['a3']);
  });

  test('evicts no place that is being worked on', () => {
    const { limit, evicted, place } = limitOf(4);
    for (const name of ['a1', 'a2']) limit.take('a', place(name));
    for (const name of ['a3', 'a4']) limit.take('a', place(name, false));
    expect(limit.take('b', place('b1'))).toBeUndefined();
    expect(limit.take('c', place('c1'))).toBeUndefined();
    expect(evicted).toEqual(['a2', 'a1']);
  });

  test('rejects where nothing can be evicted', () => {
    const { limit, fill, place } = limitOf(4);
    expect(fill('a', false)).toBe(4);
    expect(limit.take('b', place('b1'))).toEqual({ limit: 4, actual: 5 });
    expect([limit.total, limit.count('b')]).toEqual([4, 0]);
  });
});

test('a place is released once', () => {
  const { limit, place } = limitOf(2);
  const first = place('a1');
  limit.take('a', first);
  limit.take('a', place('a2'));
  limit.release('a', first);
  limit.release('a', first);
  expect([limit.total, limit.count('a'), limit.keys]).toEqual([1, 1, 1]);
});
