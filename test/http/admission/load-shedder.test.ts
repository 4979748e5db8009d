import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLoadShedder } from '../../../src/http/admission/load-shedder.ts';

const TARGET = 20;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function shedderOf(maxQueueDelayMs = TARGET) {
  const queues: Record<string, { delayMs: number; standingMs: number }> = {};
  const queue = (delayMs: number, standingMs: number, flow = 'a') => {
    queues[flow] = { delayMs, standingMs };
  };
  const shedder = createLoadShedder({
    maxQueueDelayMs,
    scheduler: {
      delayMs: (flow) => queues[flow]?.delayMs ?? 0,
      standingMs: (flow) => queues[flow]?.standingMs ?? 0,
    },
  });
  return { queue, isOverloaded: (flow = 'a') => shedder.isOverloaded(flow) };
}

test('an empty queue sheds nothing', () => {
  expect(shedderOf().isOverloaded()).toBe(false);
});

test('a burst may wait ten times as long as a queue that stands', () => {
  const { queue, isOverloaded } = shedderOf();
  queue(9.9 * TARGET, 50);
  expect(isOverloaded()).toBe(false);
  queue(0.9 * TARGET, 5_000);
  expect(isOverloaded()).toBe(false);
  queue(1.1 * TARGET, 5_000);
  expect(isOverloaded()).toBe(true);
});

test('too long a burst is shed at its end', () => {
  const { queue, isOverloaded } = shedderOf();
  queue(10.1 * TARGET, 50);
  expect(isOverloaded()).toBe(true);
});

test('a queue that was empty for a moment after a rejection is not a burst; after a second it is one again', () => {
  const { queue, isOverloaded } = shedderOf();
  queue(1.1 * TARGET, 5_000);
  expect(isOverloaded()).toBe(true);
  queue(0, 0);
  expect(isOverloaded()).toBe(false);
  queue(1.1 * TARGET, 5);
  vi.advanceTimersByTime(900);
  expect(isOverloaded()).toBe(true);
  vi.advanceTimersByTime(1_001);
  expect(isOverloaded()).toBe(false);
});

test('the overload of one flow is not that of another', () => {
  const { queue, isOverloaded } = shedderOf();
  queue(1.1 * TARGET, 5_000);
  queue(1.1 * TARGET, 5, 'b');
  expect(isOverloaded('a')).toBe(true);
  expect(isOverloaded('b')).toBe(false);
});

test('a target of 0 sheds nothing', () => {
  const { queue, isOverloaded } = shedderOf(0);
  queue(60_000, 60_000);
  expect(isOverloaded()).toBe(false);
});
