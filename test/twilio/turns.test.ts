import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from '../../src/twilio/turns.ts';

/** Keeps the processor for so many milliseconds. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('what comes alone is begun at once', async () => {
  const turns = createTurns();
  const done: string[] = [];
  for (const name of ['first', 'second']) {
    turns.begin(() => done.push(`${name} begun`));
    turns.finish(() => done.push(`${name} finished`));
    expect([turns.waitMs, turns.standingMs]).toEqual([0, 0]);
    await sleep(5);
  }
  expect(done).toEqual(['first begun', 'first finished', 'second begun', 'second finished']);
});

test('what comes together has a look at the network after each long piece of work', async () => {
  const turns = createTurns();
  const looks: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    turns.begin(() => {
      busy(3);
      // What it promised is part of it.
      Promise.resolve().then(() => looks.push(performance.nodeTiming.uvMetricsInfo.loopCount));
    });
  }
  expect(turns.waitMs).toBeGreaterThan(0);
  await expect.poll(() => looks.length).toBe(5);
  expect(new Set(looks).size).toBe(5);
  expect([turns.waitMs, turns.standingMs]).toEqual([0, 0]);
});

test('short answers share a turn; requests that had to wait are begun one a turn', async () => {
  const turns = createTurns();
  turns.begin(() => busy(3));
  let done = 0;
  for (let index = 0; index < 8; index += 1) turns.finish(() => (done += 1));
  const looks: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    turns.begin(() => looks.push(performance.nodeTiming.uvMetricsInfo.loopCount));
  }
  expect(done).toBe(0);
  await nextTurn();
  // Of the second turn, when the first is used up.
  await nextTurn();
  expect(done).toBeGreaterThan(2);
  await expect.poll(() => looks.length).toBe(8);
  expect(new Set(looks).size).toBe(8);
});

test('what has been begun is finished before anything else is begun', async () => {
  const turns = createTurns();
  const done: string[] = [];
  turns.begin(() => busy(3));
  turns.begin(() => done.push('begun'));
  turns.finish(() => done.push('finished'));
  await sleep(20);
  expect(done).toEqual(['finished', 'begun']);
});

test('says how long one more would wait, and for how long there was always one waiting', async () => {
  const turns = createTurns();
  const work = () => busy(4);
  for (let index = 0; index < 40; index += 1) turns.begin(work);
  await sleep(60);
  const [wait, standing] = [turns.waitMs, turns.standingMs];
  // Those before it were put there at the beginning.
  expect(wait).toBeGreaterThan(50);
  expect(standing).toBeGreaterThan(50);
  await expect.poll(() => turns.waitMs).toBe(0);
  expect(turns.standingMs).toBe(0);
  // From how long they take, before any of them has waited for long.
  for (let index = 0; index < 12; index += 1) turns.begin(work);
  await sleep(15);
  for (let index = 0; index < 20; index += 1) turns.begin(work);
  expect(turns.waitMs).toBeGreaterThan(80);
});

test('what waits is no part of what was running when its turn was planned', async () => {
  const running = new AsyncLocalStorage<string>();
  const turns = createTurns();
  running.run('another', () => turns.begin(() => busy(3)));
  const seen: (string | undefined)[] = [];
  turns.begin(() => seen.push(running.getStore()));
  await expect.poll(() => seen).toEqual([undefined]);
});

test('where the network took long, as much time goes to what waits', async () => {
  const turns = createTurns();
  const looks: number[] = [];
  turns.begin(() => busy(12));
  for (let index = 0; index < 6; index += 1) {
    turns.begin(() => {
      busy(1);
      looks.push(performance.nodeTiming.uvMetricsInfo.loopCount);
    });
  }
  const network = setInterval(() => busy(8), 0);
  await expect.poll(() => looks.length).toBe(6);
  clearInterval(network);
  expect(new Set(looks).size).toBeLessThan(5);
});
