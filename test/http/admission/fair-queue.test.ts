import { expect, test } from 'vitest';
import { createFairQueue } from '../../../src/http/admission/fair-queue.ts';

function filled(items: readonly string[]) {
  const queue = createFairQueue<string>();
  for (const item of items) queue.push(item.charAt(0), item);
  const take = (count: number) => Array.from({ length: count }, () => queue.shift()?.item);
  return { queue, take };
}

test('takes one item of each flow in turn, in the order of arrival within a flow', () => {
  const { queue, take } = filled(['a1', 'a2', 'a3', 'b1', 'c1', 'c2']);
  expect(queue.size).toBe(6);
  expect(take(7)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', undefined]);
  expect(queue.size).toBe(0);
});

test('a flow that was empty waits for one item of each other flow', () => {
  const { queue, take } = filled(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  take(1);
  queue.push('c', 'c1');
  expect(take(3)).toEqual(['b1', 'a2', 'c1']);
});

test('a flow that sends one item at a time has one turn in a round', () => {
  const { queue, take } = filled(['a1', 'a2', 'b1']);
  take(2);
  queue.push('b', 'b2');
  expect(take(1)).toEqual(['a2']);
});

test('an urgent item goes before the others of its flow, and of no other', () => {
  const { queue } = filled(['a1', 'a2', 'b1']);
  queue.push('a', 'a3', true);
  queue.push('a', 'a4', true);
  expect([queue.size, queue.pending]).toEqual([5, 3]);
  expect(queue.first('a')).toBe('a1');
  expect(Array.from({ length: 5 }, () => queue.shift())).toEqual([
    { item: 'a3', isUrgent: true },
    { item: 'b1', isUrgent: false },
    { item: 'a4', isUrgent: true },
    { item: 'a1', isUrgent: false },
    { item: 'a2', isUrgent: false },
  ]);
  expect([queue.size, queue.pending]).toEqual([0, 0]);
});

test('counts the turns before that of one more item', () => {
  const { queue } = filled(['a1', 'a2', 'a3', 'b1']);
  queue.push('a', 'a4', true);
  // Its own, and those of the other flow.
  expect(queue.turnsAhead('a', 2)).toBe(2 * 3 + 1 + 2);
  // Its own, and as many of the other flow and one more.
  expect(queue.turnsAhead('b', 2)).toBe(2 + 3);
  // One of each.
  expect(queue.turnsAhead('c', 2)).toBe(2);
});

test('removes an item, and the flow with its last one', () => {
  const { queue, take } = filled(['a1', 'a2', 'b1']);
  queue.remove('a', 'a1');
  queue.remove('b', 'b1');
  queue.remove('b', 'b1');
  queue.remove('a', 'a9');
  expect([queue.size, queue.pending]).toEqual([1, 1]);
  expect(queue.first('a')).toBe('a2');
  expect(queue.first('b')).toBeUndefined();
  expect(take(2)).toEqual(['a2', undefined]);
});

test('a flow stands from when it stopped being empty', async () => {
  const { queue, take } = filled(['a1', 'a2']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  take(1);
  expect(queue.standingMs('a')).toBeGreaterThan(5);
  take(1);
  queue.push('a', 'urgent', true);
  expect(queue.standingMs('a')).toBe(0);
  queue.push('a', 'a3');
  expect(queue.standingMs('a')).toBeLessThan(5);
  expect(queue.standingMs('b')).toBe(0);
});

test('a flow with urgent items only does not stand', async () => {
  const { queue } = filled(['a1']);
  queue.push('a', 'a2', true);
  queue.remove('a', 'a1');
  expect(queue.standingMs('a')).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 10));
  queue.push('a', 'a3');
  expect(queue.standingMs('a')).toBeLessThan(5);
});
