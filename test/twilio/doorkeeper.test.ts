import { expect, test } from 'vitest';
import { createDoorkeeper } from '../../src/twilio/doorkeeper.ts';

test('knows a key from its second time on', () => {
  const hasCome = createDoorkeeper();
  expect(['a', 'b', 'a', 'b', 'a', ''].map(hasCome)).toEqual([false, false, true, true, true, false]);
});

test('takes next to none of many for one that has come', () => {
  const hasCome = createDoorkeeper();
  const keys = Array.from({ length: 100_000 }, (_, index) => `AC${index}/Messages.json?PageSize=50`);
  expect(keys.filter(hasCome).length).toBeLessThan(10);
});

test('remembers most of the last thousand', () => {
  const hasCome = createDoorkeeper();
  const keys = Array.from(
    { length: 1_000 },
    (_, index) => `caller ${index}\n{"query":"{ viewer { name } }"}`,
  );
  for (const key of keys) hasCome(key);
  expect(keys.filter(hasCome).length).toBeGreaterThan(900);
});
