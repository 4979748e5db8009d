import { expect, test } from 'vitest';
import { createSeenFilter } from '../src/seen-filter.ts';

test('knows a key from its second time on', () => {
  const hasSeen = createSeenFilter();
  expect(['a', 'b', 'a', 'b', 'a', ''].map(hasSeen)).toEqual([false, false, true, true, true, false]);
});

test('takes next to none of many for one that has come', () => {
  const hasSeen = createSeenFilter();
  const keys = Array.from({ length: 100_000 }, (_, index) => `AC${index}/Messages.json?PageSize=50`);
  expect(keys.filter(hasSeen).length).toBeLessThan(10);
});

test('remembers most of the last thousand', () => {
  const hasSeen = createSeenFilter();
  const keys = Array.from(
    { length: 1_000 },
    (_, index) => `caller ${index}\n{"query":"{ viewer { name } }"}`,
  );
  for (const key of keys) hasSeen(key);
  expect(keys.filter(hasSeen).length).toBeGreaterThan(900);
});
