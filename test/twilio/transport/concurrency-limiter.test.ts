import { describe, expect, test } from 'vitest';
import { TwilioError } from '../../../src/twilio/errors.ts';
import { createLimiter, type Limiter } from '../../../src/twilio/transport/concurrency-limiter.ts';

const THROTTLED = new TwilioError('Too many requests', {
  source: 'api',
  code: 20429,
  status: 429,
  moreInfo: null,
  requestId: null,
});
const reject = () => Promise.reject(THROTTLED);
const ignore = () => {};

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Tasks that the test ends; `started` is the order of admission. */
function tasksIn(limiter: Limiter) {
  const started: number[] = [];
  const ends = new Map<number, (rejected: boolean) => void>();
  let most = 0;
  return {
    started,
    most: () => most,
    run(id: number, signal?: AbortSignal, background?: boolean) {
      const task = () => {
        started.push(id);
        most = Math.max(most, limiter.running);
        return new Promise<boolean>((resolve) => ends.set(id, resolve));
      };
      return limiter
        .run(async () => ((await task()) ? reject() : undefined), signal, background)
        .catch((error) => {
          if (error !== THROTTLED) throw error;
        });
    },
    async end(id: number, { rejected = false } = {}) {
      ends.get(id)?.(rejected);
      await settle();
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the limiter', () => {
  test('never exceeds its limit, and admits waiting calls in order', async () => {
    const limiter = createLimiter({ initial: 3, max: 3 });
    const tasks = tasksIn(limiter);
    const all = upTo(30).map((id) => tasks.run(id));
    await settle();
    expect(tasks.started).toEqual([0, 1, 2]);
    for (const id of [1, 0, 2, ...upTo(30).slice(3)]) await tasks.end(id);
    await Promise.all(all);
    expect(tasks.most()).toBe(3);
    expect(tasks.started).toEqual(upTo(30));
    expect(limiter.running).toBe(0);
  });

  test('runs tasks in the background behind all others, in at most half of the slots', async () => {
    const limiter = createLimiter({ initial: 4, max: 4 });
    const tasks = tasksIn(limiter);
    const behind = (id: number) => tasks.run(id, undefined, true);
    const all = [behind(0), behind(1), behind(2), tasks.run(3), tasks.run(4), tasks.run(5)];
    await settle();
    expect(tasks.started).toEqual([0, 1, 3, 4]);
    expect(limiter.waiting).toBe(2);
    await tasks.end(0);
    expect(tasks.started.slice(4)).toEqual([5]);
    await tasks.end(3);
    expect(tasks.started.slice(5)).toEqual([2]);
    for (const id of [1, 2, 4, 5]) await tasks.end(id);
    await Promise.all(all);
    expect(limiter).toMatchObject({ running: 0, waiting: 0 });
  });

  test('admits tasks in the background after an aborted one, and with a limit of 1', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const tasks = tasksIn(limiter);
    const aborts = new AbortController();
    const first = tasks.run(0, undefined, true);
    const aborted = tasks.run(1, aborts.signal).catch((error) => error);
    const last = tasks.run(2, undefined, true);
    aborts.abort('gone');
    expect(await aborted).toBe('gone');
    await tasks.end(0);
    expect(tasks.started).toEqual([0, 2]);
    await tasks.end(2);
    await Promise.all([first, last]);
  });

  test('does not let a new call overtake waiting ones', async () => {
    const limiter = createLimiter({ initial: 1 });
    const tasks = tasksIn(limiter);
    tasks.run(0);
    tasks.run(1);
    await settle();
    const ending = tasks.end(0);
    tasks.run(2);
    await ending;
    expect(tasks.started.slice(0, 2)).toEqual([0, 1]);
  });

  test('frees the slot of a task that throws, and neither grows nor halves', async () => {
    const limiter = createLimiter({ initial: 1 });
    const failing = limiter.run(() => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(limiter.running).toBe(0);
    expect(limiter.limit).toBe(1);
    const thrower = () => {
      throw new Error('at once');
    };
    await expect(limiter.run(thrower)).rejects.toThrow('at once');
    expect(limiter.running).toBe(0);
  });

  test('halves once for a burst of rejections, and again for later ones', async () => {
    const limiter = createLimiter({ initial: 16 });
    const tasks = tasksIn(limiter);
    for (const id of upTo(16)) tasks.run(id);
    await settle();
    for (const id of upTo(16)) await tasks.end(id, { rejected: true });
    expect(limiter.limit).toBe(8);
    for (const id of [16, 17, 18]) {
      tasks.run(id);
      await settle();
      // One or two say nothing.
      expect(limiter.limit).toBe(8);
      await tasks.end(id, { rejected: true });
    }
    expect(limiter.limit).toBe(4);
  });

  test('does not shrink for rejections now and then, which have another cause', async () => {
    const limiter = createLimiter({ initial: 20, max: 20 });
    let calls = 0;
    const call = () =>
      limiter
        .run(async () => {
          await settle();
          calls += 1;
          if (calls % 20 === 0) await reject();
        })
        .catch(ignore);
    await Promise.all(upTo(2_000).map(call));
    expect(limiter.limit).toBe(20);
  });

  test('never goes below one, and still works', async () => {
    const limiter = createLimiter({ initial: 2 });
    for (const _ of upTo(5)) {
      await limiter.run(reject).catch(ignore);
    }
    expect(limiter.limit).toBe(1);
    expect(await limiter.run(async () => 'response')).toBe('response');
  });

  test('adds more after a full round of successes, twice as many each time, up to its maximum', async () => {
    const limiter = createLimiter({ initial: 4, max: 16 });
    const seen: number[] = [];
    const work = async () => {
      await settle();
      return limiter.limit;
    };
    const all = upTo(120).map(async () => {
      seen.push(await limiter.run(work));
    });
    await Promise.all(all);
    expect([...new Set(seen)]).toEqual([4, 5, 7, 11, 16]);
  });

  test('does not grow while it has unused slots', async () => {
    const limiter = createLimiter({ initial: 4 });
    for (const _ of upTo(50)) {
      await limiter.run(async () => 0);
    }
    expect(limiter.limit).toBe(4);
  });

  test('finds a changing limit, and then has less than 2 % of calls rejected', async () => {
    const limiter = createLimiter();
    let ceiling = 10;
    let inside = 0;
    let rejected = 0;
    let asked = 0;
    /** Like Twilio: rejects calls above the limit immediately, and takes time for the others. */
    const call = () =>
      limiter
        .run(async () => {
          asked += 1;
          if (inside >= ceiling) {
            rejected += 1;
            return reject();
          }
          inside += 1;
          await settle();
          await settle();
          inside -= 1;
        })
        .catch(ignore);
    for (const next of [10, 60, 30]) {
      ceiling = next;
      await Promise.all(upTo(3_000).map(call));
      rejected = 0;
      asked = 0;
      await Promise.all(upTo(3_000).map(call));
      expect(limiter.limit).toBeGreaterThanOrEqual(Math.floor(next * 0.85));
      expect(limiter.limit).toBeLessThanOrEqual(next + 8);
      expect(rejected / asked).toBeLessThan(0.02);
    }
  });

  test('admits more waiting calls after growing, and fewer after halving', async () => {
    const limiter = createLimiter({ initial: 4 });
    const tasks = tasksIn(limiter);
    for (const id of upTo(12)) tasks.run(id);
    await settle();
    for (const id of [0, 1, 2]) await tasks.end(id, { rejected: true });
    expect(tasks.started).toHaveLength(6);
    await tasks.end(3);
    await tasks.end(4);
    expect(tasks.started).toHaveLength(7);
    expect(limiter.running).toBe(2);
  });
});

describe('an aborted waiting call', () => {
  test('leaves the queue with the reason, frees no slot and is never run', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const tasks = tasksIn(limiter);
    tasks.run(0);
    const controller = new AbortController();
    const next = tasks.run(1);
    const aborted = tasks.run(2, controller.signal);
    const last = tasks.run(3);
    const reason = new Error('the client went away');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect(limiter.running).toBe(1);
    expect(tasks.started).toEqual([0]);
    await tasks.end(0);
    await tasks.end(1);
    expect(tasks.started).toEqual([0, 1, 3]);
    await tasks.end(3);
    await Promise.all([next, last]);
    expect(limiter.running).toBe(0);
  });

  test('that was aborted before it arrived is not run', async () => {
    const limiter = createLimiter();
    const tasks = tasksIn(limiter);
    const reason = new Error('too late');
    await expect(tasks.run(0, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(tasks.started).toEqual([]);
    expect(limiter.running).toBe(0);
  });

  test('that was already admitted removes no other call from the queue', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const tasks = tasksIn(limiter);
    const controller = new AbortController();
    tasks.run(0);
    tasks.run(1, controller.signal);
    tasks.run(2);
    await settle();
    await tasks.end(0);
    controller.abort();
    await tasks.end(1);
    expect(tasks.started).toEqual([0, 1, 2]);
  });
});
