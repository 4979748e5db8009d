import { describe, expect, test } from 'vitest';
import { DEFAULT_SWITCHES } from '../../src/sandbox/sandbox.ts';
import { createDice } from '../fuzz/dice.ts';
import { runs, within } from '../fuzz/runs.ts';
import type { Held } from './gauges.ts';
import { exchange } from './raw-http.ts';
import { requestsFor } from './requests/request.ts';
import { createTally, type Tally } from './tally.ts';
import { startTarget, type Target } from './target.ts';

/** For each of the two gateways, so that rounds can be compared. */
const ROUNDS = 4;
const { numRuns: PER_ROUND = 0, seed: SEED = Date.now() % 2 ** 31 } = runs(1_250);
/** The longest turn of the event loop, in milliseconds of CPU time, during which other requests wait. */
const LONGEST_TURN_MS = 250;
/** Few enough that none is rejected because of their number. */
const AT_ONCE = 12;

const GOOD =
  '{ account { sid } messages(first: 5) { nodes { id sid body to status } pageInfo { endCursor } } }';

async function sendRound(target: Target, tally: Tally, seed: number, count: number): Promise<void> {
  const dice = createDice(seed);
  const make = requestsFor(target);
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const request = make(dice);
        tally.add(request, await exchange(target.port, request.send));
      }
    }),
  );
}

/** Reads the gauges once nothing runs any more and all connections are closed. */
async function atRest({ gauges }: Target, sockets = 0): Promise<Held> {
  let held = await gauges.read();
  for (let times = 0; times < 40 && (times === 0 || held.sockets > sockets); times += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    held = await gauges.read();
  }
  return held;
}

describe.each([{ keys: false }, { keys: true }])('hostile requests, keys required: $keys', ({ keys }) => {
  test('cause no 5xx, do not end the process, reveal no secret, and leave nothing behind', {
    timeout: within(240_000),
  }, async () => {
    const target = await startTarget({ keys });
    const { program, secrets } = target;
    const tally = createTally(secrets);
    const before = await target.ask(GOOD);
    expect(before).toContain('endCursor');
    const held: Held[] = [await atRest(target)];
    await target.gauges.strain();
    const began = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      await sendRound(target, tally, SEED + round, PER_ROUND);
      held.push(await atRest(target, held[0]?.sockets));
    }
    tally.readLog(program.output());
    const figures = held.map(({ heap, sockets }) => `${heap.toFixed(1)} MiB ${sockets} sockets`).join(' | ');
    const { turnMs, rss } = await target.gauges.strain();
    process.stdout.write(
      `hostile requests, keys ${keys}, FUZZ_SEED=${SEED}, ${((performance.now() - began) / 1000).toFixed(0)} s\n${tally.report()}\n  held     ${figures}\n  longest turn ${turnMs.toFixed(0)} ms, largest RSS ${rss.toFixed(0)} MiB\n`,
    );

    expect(program.child.exitCode).toBeNull();
    expect(tally.faults.slice(0, 5)).toEqual([]);
    expect(tally.fiveHundreds).toBe(0);
    expect(tally.sent).toBe(ROUNDS * PER_ROUND);
    expect(await target.ask(GOOD)).toBe(before);
    const [start, , second, , last] = held;
    expect(last?.sockets).toBeLessThanOrEqual(start?.sockets ?? 0);
    expect(turnMs).toBeLessThan(LONGEST_TURN_MS);
    expect(last?.heap).toBeLessThan((second?.heap ?? 0) + 15);
  });
});

/** When Twilio fails, the start of a consent responds with these; docs/errors.md has their codes. */
const OF_TWILIO = new Set([502, 503, 504]);

test('hostile requests while Twilio fails in every way get documented errors, and later requests succeed', {
  timeout: within(240_000),
}, async () => {
  const target = await startTarget({ keys: true });
  const { program, sandbox, secrets } = target;
  const tally = createTally(secrets, OF_TWILIO);
  const before = await target.ask(GOOD);
  sandbox.set({
    ...{ fail500: 0.12, fail503: 0.12, fail429: 0.12, resourceMissing: 0.12, resetConnection: 0.12 },
    ...{ truncateBody: 0.12, htmlInsteadOfJson: 0.12, wrongContentType: 0.12, redirect: 0.12 },
    ...{
      pageTokenRefused: 0.2,
      pageUriOrigin: 'https://evil.example',
      unknownStatus: 'lost',
      unknownFields: true,
    },
    faultPath: '/',
  });
  await target.gauges.strain();
  await sendRound(target, tally, SEED, PER_ROUND);
  sandbox.set(DEFAULT_SWITCHES);
  tally.readLog(program.output());
  const { turnMs } = await target.gauges.strain();
  process.stdout.write(
    `the same while Twilio fails, FUZZ_SEED=${SEED}\n${tally.report()}\n  longest turn ${turnMs.toFixed(0)} ms\n`,
  );

  expect(program.child.exitCode).toBeNull();
  expect(tally.faults.slice(0, 5)).toEqual([]);
  expect(turnMs).toBeLessThan(LONGEST_TURN_MS);
  await expect.poll(() => target.ask(GOOD), { timeout: 15_000, interval: 500 }).toBe(before);
});
