import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TwilioError } from '../../../src/twilio/errors.ts';
import { createLimiter } from '../../../src/twilio/transport/concurrency-limiter.ts';
import { type GatewayCalls, shareOf } from '../../../src/twilio/transport/limit-shares.ts';

/** Gateways that say in turn what they want, as through the database. */
function gatewaysOf(wanted: readonly number[], limit: number) {
  const rows = new Map<string, GatewayCalls>();
  return {
    rows,
    beat(index: number, wants = wanted[index] ?? 0) {
      const gateway = `gateway-${index}`;
      const stored = rows.get(gateway);
      const known = stored?.limit ?? limit;
      const own = { gateway, wanted: wants, slots: 0, limit: known, leads: stored?.leads ?? false };
      const others = [...rows.values()].filter((row) => row.gateway !== gateway);
      const share = shareOf(own, others);
      rows.set(gateway, { ...own, ...share });
      return share;
    },
    sum: () => [...rows.values()].reduce((sum, { slots }) => sum + slots, 0),
    slots: () => [...rows.values()].toSorted((a, b) => (a.gateway < b.gateway ? -1 : 1)).map((r) => r.slots),
  };
}

describe('the share of a gateway', () => {
  test('together they never have more than the limit, and all of it after two rounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(120), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 8, max: 100 }),
        fc.array(fc.tuple(fc.nat(7), fc.nat(120)), { maxLength: 30 }),
        (wanted, limit, turns) => {
          const { beat, sum, rows, slots } = gatewaysOf(wanted, limit);
          for (const [index, wants] of turns) {
            const { slots: given } = beat(index % wanted.length, wants);
            // One slot is for a gateway for which the others have not made room yet.
            expect(sum()).toBeLessThanOrEqual(limit + (given === 1 ? wanted.length : 0));
          }
          for (let round = 0; round < 4; round += 1) for (const index of wanted.keys()) beat(index);
          expect(sum()).toBe(limit);
          expect([...rows.values()].filter(({ leads }) => leads)).toHaveLength(1);
          const fair = Math.floor(limit / wanted.length);
          for (const [index, given] of slots().entries())
            expect(given).toBeGreaterThanOrEqual(Math.min(fair, wanted[index] ?? 0));
        },
      ),
    );
  });

  test.each([
    { name: 'is equal where all want more', wanted: [90, 90, 90, 90], slots: [10, 10, 10, 10] },
    { name: 'is what the others leave', wanted: [90, 2, 0, 0], slots: [34, 2, 2, 2] },
    { name: 'is equal where all want little', wanted: [1, 0, 1, 0], slots: [10, 10, 10, 10] },
    { name: 'is the whole limit without others', wanted: [3], slots: [40] },
  ])('$name', ({ wanted, slots }) => {
    const gateways = gatewaysOf(wanted, 40);
    for (let round = 0; round < 4; round += 1) for (const index of wanted.keys()) gateways.beat(index);
    expect(gateways.slots()).toEqual(slots);
  });

  test('goes to the others when a gateway is gone, and another one learns the limit', () => {
    const gateways = gatewaysOf([90, 90, 90], 40);
    for (let round = 0; round < 3; round += 1) for (const index of [0, 1, 2]) gateways.beat(index);
    const leader = [...gateways.rows.values()].find(({ leads }) => leads)?.gateway ?? '';
    // What it learned is not lost with it.
    gateways.rows.set(leader, { ...(gateways.rows.get(leader) as GatewayCalls), limit: 30 });
    for (const index of [0, 1, 2]) if (leader !== `gateway-${index}`) gateways.beat(index);
    gateways.rows.delete(leader);
    for (let round = 0; round < 2; round += 1)
      for (const index of [0, 1, 2]) if (leader !== `gateway-${index}`) gateways.beat(index);
    expect(gateways.slots()).toEqual([15, 15]);
    expect([...gateways.rows.values()].filter(({ leads }) => leads)).toHaveLength(1);
  });
});

describe('a limiter with a share', () => {
  const ended = () => Promise.resolve();
  const rejected = () =>
    Promise.reject(
      new TwilioError('Too many requests', {
        source: 'api',
        code: 20429,
        status: 429,
        moreInfo: null,
        requestId: null,
      }),
    );

  test('runs no more calls than its slots', async () => {
    const limiter = createLimiter();
    limiter.share({ limit: 40, slots: 3, leads: false, tries: false, rejectedElsewhere: 0 });
    const ends: (() => void)[] = [];
    const all = Array.from({ length: 8 }, () =>
      limiter.run(() => new Promise<void>((resolve) => ends.push(resolve))),
    );
    await Promise.resolve();
    expect(limiter).toMatchObject({ limit: 3, running: 3, waiting: 5, learnt: 40 });
    expect(limiter.takePeak()).toBe(8);
    limiter.share({ limit: 40, slots: 5, leads: false, tries: false, rejectedElsewhere: 0 });
    expect(limiter).toMatchObject({ limit: 5, running: 5, waiting: 3 });
    for (let done = 0; done < 8; done += 1) {
      ends[done]?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(limiter.takePeak()).toBe(8);
    expect(limiter.takePeak()).toBe(0);
  });

  test('gives a slot back for each rejection until its next share, and learns nothing', async () => {
    const limiter = createLimiter();
    const share = { limit: 40, slots: 5, leads: false, tries: false, rejectedElsewhere: 0 };
    limiter.share(share);
    for (let left = 4; left >= 1; left -= 1) {
      await limiter.run(rejected).catch(() => {});
      expect(limiter.limit).toBe(left);
    }
    await limiter.run(rejected).catch(() => {});
    expect(limiter.limit).toBe(1);
    limiter.share(share);
    for (let call = 0; call < 200; call += 1) await limiter.run(ended);
    expect(limiter).toMatchObject({ limit: 5, learnt: 40 });
  });

  /** A limiter that leads, with 10 of 40 slots. */
  function leader() {
    const limiter = createLimiter();
    const share = { slots: 10, rejectedElsewhere: 0 };
    const hear = (tries: boolean, rejectedElsewhere = 0) =>
      limiter.share({ ...share, limit: limiter.learnt, leads: true, tries, rejectedElsewhere });
    // As each gateway does, it follows before it leads.
    limiter.share({ ...share, limit: 40, leads: false, tries: false });
    hear(false);
    const work = async () => {
      for (let round = 0; round < 20; round += 1)
        await Promise.all(Array.from({ length: limiter.limit }, () => limiter.run(async () => settle())));
    };
    return { limiter, hear, work };
  }

  test('that learns tries more slots only where all are used, and hears of no rejection elsewhere', async () => {
    const { limiter, hear, work } = leader();
    await work();
    expect(limiter).toMatchObject({ limit: 10, learnt: 40 });
    hear(true);
    await work();
    expect(limiter).toMatchObject({ limit: 11, learnt: 40 });
    hear(true);
    hear(true);
    await work();
    // The next trial adds two.
    expect(limiter.learnt).toBe(41);
    expect(limiter.limit).toBe(13);
    hear(true, 1);
    expect(limiter).toMatchObject({ limit: 10, learnt: 41 });
    // The rest of the trial's rejections is reported late.
    hear(true, 2);
    expect(limiter.learnt).toBe(41);
  });

  test('that learns ends its trial at its own rejection, and takes frequent rejections off the limit', async () => {
    const { limiter, hear, work } = leader();
    hear(true);
    await work();
    expect(limiter.limit).toBe(11);
    await limiter.run(rejected).catch(() => {});
    expect(limiter).toMatchObject({ limit: 9, learnt: 40 });
    for (let share = 0; share < 3; share += 1) hear(false);
    expect(limiter).toMatchObject({ limit: 10, learnt: 40 });
    hear(false, 2);
    expect(limiter.learnt).toBe(40);
    hear(false, 3);
    expect(limiter.learnt).toBe(37);
    hear(false, 90);
    expect(limiter.learnt).toBe(19);
  });
});

const settle = () => new Promise((resolve) => setImmediate(resolve));
