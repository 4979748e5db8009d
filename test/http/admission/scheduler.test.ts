import { AsyncLocalStorage } from 'node:async_hooks';
import { performance as nodePerformance } from 'node:perf_hooks';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createScheduler } from '../../../src/http/admission/scheduler.ts';
import { serve } from './serve.ts';

// The clock stands still but for what these tests do, so that a busy machine changes nothing.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** Takes time of the event loop, in milliseconds. */
const busy = (ms: number) => void vi.advanceTimersByTime(ms);

/** Which iteration of the event loop this is. */
const iteration = () => nodePerformance.nodeTiming.uvMetricsInfo.loopCount;

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await nextIteration();
}

test('runs lone work immediately', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  for (const name of ['first', 'second']) {
    scheduler.start('a', () => done.push(`${name} started`));
    scheduler.resume('a', () => done.push(`${name} resumed`));
    expect([scheduler.delayMs('a'), scheduler.standingMs('a')]).toEqual([0, 0]);
    busy(1);
    await nextIteration();
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
  await until(() => iterations.length === 5);
  expect(new Set(iterations).size).toBe(5);
  expect([scheduler.delayMs('a'), scheduler.standingMs('a')]).toEqual([0, 0]);
});

test('short responses share a slice; waiting requests are started one per slice', async () => {
  const scheduler = createScheduler();
  scheduler.start('a', () => busy(1));
  let done = 0;
  for (let index = 0; index < 6; index += 1) scheduler.resume('a', () => (done += 1));
  const iterations: number[] = [];
  for (let index = 0; index < 8; index += 1) scheduler.start('a', () => iterations.push(iteration()));
  expect(done).toBe(0);
  await until(() => done > 0);
  expect(done).toBe(6);
  await until(() => iterations.length === 8);
  expect(new Set(iterations).size).toBe(8);
});

test('a slice ends in time', async () => {
  const scheduler = createScheduler();
  scheduler.start('a', () => busy(1));
  const iterations: number[] = [];
  for (let index = 0; index < 6; index += 1) {
    scheduler.resume('a', () => {
      busy(0.3);
      iterations.push(iteration());
    });
  }
  await until(() => iterations.length === 6);
  const [first = 0] = iterations;
  expect(iterations.map((one) => one - first)).toEqual([0, 0, 1, 1, 2, 2]);
});

test('after a long poll phase the slice is as long, and starts several requests', async () => {
  const scheduler = createScheduler();
  scheduler.start('a', () => busy(1));
  const iterations: number[] = [];
  for (let index = 0; index < 6; index += 1) {
    scheduler.start('a', () => {
      busy(1);
      iterations.push(iteration());
    });
  }
  await until(() => iterations.length === 1);
  // As if many sockets were read before the next slice.
  busy(3);
  await until(() => iterations.length === 6);
  const [, second = 0, ...rest] = iterations;
  expect(rest.map((one) => one - second)).toEqual([0, 0, 1, 2]);
});

test('responses of a flow run before its requests', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(1));
  scheduler.start('a', () => done.push('started'));
  scheduler.resume('a', () => done.push('resumed'));
  await until(() => done.length === 2);
  expect(done).toEqual(['resumed', 'started']);
});

test('flows take turns', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(1));
  const names = ['a1', 'a2', 'a3', 'b1'];
  for (const name of names) scheduler.start(name.charAt(0), () => done.push(`start ${name}`));
  for (const name of names) scheduler.resume(name.charAt(0), () => done.push(`resume ${name}`));
  await until(() => done.length === 8);
  expect(done).toEqual([
    ...['resume a1', 'resume b1', 'resume a2', 'start b1', 'resume a3'],
    ...['start a1', 'start a2', 'start a3'],
  ]);
});

test('a request that is taken out of the queue is not started', async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.start('a', () => busy(1));
  const cancel = scheduler.start('a', () => done.push('cancelled'));
  scheduler.start('a', () => done.push('started'));
  cancel();
  cancel();
  await until(() => done.length > 0);
  expect(done).toEqual(['started']);
});

test('runs no more than a few at once before their microtasks have run', async () => {
  const scheduler = createScheduler();
  let started = 0;
  // As of requests that are pipelined: they come in one chunk.
  for (let index = 0; index < 50; index += 1) scheduler.start('a', () => (started += 1));
  expect(started).toBe(8);
  await until(() => started === 50);
});

test('estimates the queue delay of each flow', async () => {
  const scheduler = createScheduler();
  let done = 0;
  const work = () => {
    busy(4);
    done += 1;
  };
  for (let index = 0; index < 41; index += 1) scheduler.start('a', work);
  await until(() => done >= 20);
  // The oldest has waited from the beginning, and those that are started come back.
  expect(scheduler.delayMs('a')).toBeGreaterThanOrEqual((done - 1) * 4);
  expect(scheduler.delayMs('a')).toBeGreaterThanOrEqual(2 * (41 - done) * 4);
  expect(scheduler.standingMs('a')).toBeGreaterThanOrEqual((done - 1) * 4);
  // Another flow waits for one turn.
  expect(scheduler.delayMs('b')).toBe(4);
  expect(scheduler.standingMs('b')).toBe(0);
  await until(() => done === 41);
  expect([scheduler.delayMs('a'), scheduler.standingMs('a')]).toEqual([0, 0]);
});

test('work has the async context of no other work', async () => {
  const running = new AsyncLocalStorage<string>();
  const scheduler = createScheduler();
  running.run('another', () => scheduler.start('a', () => busy(1)));
  const seen: (string | undefined)[] = [];
  scheduler.start('a', () => seen.push(running.getStore()));
  await until(() => seen.length > 0);
  expect(seen).toEqual([undefined]);
});

test.each([
  { isTold: true, least: 64 / 16, most: 64 / 4 },
  { isTold: false, least: 60, most: 200 },
])(
  'accepts connections before it works on where it is told of them: $isTold',
  async ({ isTold, least, most }) => {
    const scheduler = createScheduler();
    const { server, connect } = await serve(() => {});
    const all = 64;
    let accepted = 0;
    let planned = 0;
    let started = 0;
    const plan = (count: number) => {
      planned += count;
      for (let index = 0; index < count; index += 1) scheduler.start('a', work);
    };
    const work = () => {
      started += 1;
      busy(1);
      if (accepted < all) plan(1);
    };
    server.on('connection', () => {
      if (isTold) scheduler.connected();
      accepted += 1;
      // From when all wait to be accepted, for the client is in this process.
      if (accepted === 1) plan(2);
    });
    for (let count = 0; count < all; count += 1) connect();
    await until(() => accepted === all && started === planned);
    expect(started).toBeGreaterThanOrEqual(least);
    expect(started).toBeLessThanOrEqual(most);
  },
);
