import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createScheduler } from '../../../src/http/admission/scheduler.ts';

/** Blocks the event loop, in milliseconds. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Which iteration of the event loop this is. */
const iteration = () => performance.nodeTiming.uvMetricsInfo.loopCount;

test('runs lone work immediately', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  for (const name of ['first', 'second']) {
    scheduler.start('a', () => done.push(`${name} started`));
    scheduler.resume(() => done.push(`${name} resumed`));
    expect([scheduler.delayMs('a'), scheduler.standingMs('a')]).toEqual([0, 0]);
    await sleep(5);
  }
  expect(done).toEqual(['first started', 'first resumed', 'second started', 'second resumed']);
});

test('polls the network after each long piece of work', async () => {
  const scheduler = createScheduler();
  const iterations: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    scheduler.start('a', () => {
      busy(3);
      // Microtasks belong to the work that queued them.
      Promise.resolve().then(() => iterations.push(iteration()));
    });
  }
  expect(scheduler.delayMs('a')).toBeGreaterThan(0);
  await expect.poll(() => iterations.length).toBe(5);
  expect(new Set(iterations).size).toBe(5);
  expect([scheduler.delayMs('a'), scheduler.standingMs('a')]).toEqual([0, 0]);
});

test('short responses share a slice; waiting requests are started one per slice', async () => {
  const scheduler = createScheduler();
  scheduler.start('a', () => busy(3));
  let done = 0;
  for (let index = 0; index < 8; index += 1) scheduler.resume(() => (done += 1));
  const iterations: number[] = [];
  for (let index = 0; index < 8; index += 1) scheduler.start('a', () => iterations.push(iteration()));
  expect(done).toBe(0);
  await nextTurn();
  // The first slice may be used up.
  await nextTurn();
  expect(done).toBeGreaterThan(2);
  await expect.poll(() => iterations.length).toBe(8);
  expect(new Set(iterations).size).toBe(8);
});

test('responses run before requests', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(3));
  scheduler.start('a', () => done.push('started'));
  scheduler.resume(() => done.push('resumed'));
  await expect.poll(() => done).toEqual(['resumed', 'started']);
});

test('requests, and responses, of different flows take turns', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(3));
  for (const name of ['a1', 'a2', 'a3', 'b1'])
    scheduler.start(name.charAt(0), () => done.push(`start ${name}`));
  for (const name of ['a1', 'a2', 'a3', 'b1'])
    scheduler.resume(() => done.push(`resume ${name}`), name.charAt(0));
  await expect.poll(() => done.length).toBe(8);
  expect(done).toEqual([
    ...['resume a1', 'resume b1', 'resume a2', 'resume a3'],
    ...['start a1', 'start b1', 'start a2', 'start a3'],
  ]);
});

test('a request that is taken out of the queue is not started', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(3));
  const cancel = scheduler.start('a', () => done.push('cancelled'));
  scheduler.start('a', () => done.push('started'));
  cancel();
  cancel();
  await expect.poll(() => done).toEqual(['started']);
});

test('runs no more than a few at once before their microtasks have run', async () => {
  const scheduler = createScheduler();
  let started = 0;
  // As of requests that are pipelined: they come in one chunk.
  for (let index = 0; index < 50; index += 1) scheduler.start('a', () => (started += 1));
  expect(started).toBeLessThanOrEqual(8);
  await expect.poll(() => started).toBe(50);
});

test('estimates the queue delay of each flow', async () => {
  const scheduler = createScheduler();
  const work = () => busy(4);
  for (let index = 0; index < 40; index += 1) scheduler.start('a', work);
  await sleep(60);
  // The oldest has waited from the beginning.
  expect(scheduler.delayMs('a')).toBeGreaterThan(50);
  expect(scheduler.standingMs('a')).toBeGreaterThan(50);
  // Another flow waits for one request.
  expect(scheduler.delayMs('b')).toBeLessThan(scheduler.delayMs('a') / 2);
  expect(scheduler.standingMs('b')).toBe(0);
  await expect.poll(() => scheduler.delayMs('a')).toBe(0);
  expect(scheduler.standingMs('a')).toBe(0);
  // From how long they take, before any of them has waited for long.
  for (let index = 0; index < 12; index += 1) scheduler.start('a', work);
  await sleep(15);
  for (let index = 0; index < 20; index += 1) scheduler.start('a', work);
  expect(scheduler.delayMs('a')).toBeGreaterThan(80);
});

test('work has the async context of no other work', async () => {
  const running = new AsyncLocalStorage<string>();
  const scheduler = createScheduler();
  running.run('another', () => scheduler.start('a', () => busy(3)));
  const seen: (string | undefined)[] = [];
  scheduler.start('a', () => seen.push(running.getStore()));
  await expect.poll(() => seen).toEqual([undefined]);
});

test('after a long poll phase the slice is as long', async () => {
  const scheduler = createScheduler();
  const iterations: number[] = [];
  scheduler.start('a', () => busy(12));
  for (let index = 0; index < 6; index += 1) {
    scheduler.start('a', () => {
      busy(1);
      iterations.push(iteration());
    });
  }
  const network = setInterval(() => busy(8), 0);
  await expect.poll(() => iterations.length).toBe(6);
  clearInterval(network);
  expect(new Set(iterations).size).toBeLessThan(5);
});
