import { describe, expect, test } from 'vitest';
import { type CircuitSettings, createCircuit, type Outcome } from '../../src/twilio/circuit.ts';
import { failureOf } from './kit.ts';

/** A circuit whose clock moves only when told. */
function circuitAt(settings: Partial<CircuitSettings> = {}) {
  let time = 1_000;
  let asked = 0;
  const changes: boolean[] = [];
  const circuit = createCircuit(
    { failures: 3, openMs: 5_000, overMs: 0, ...settings },
    (isOpen) => changes.push(isOpen),
    () => time,
  );
  const answer = (outcome: Partial<Outcome<string>> = {}) =>
    circuit.attempt(async () => {
      asked += 1;
      return { verdict: 'good', settle: () => 'answer', ...outcome };
    });
  return {
    circuit,
    changes,
    answer,
    fail: async (count = 1, waitMs = 0) => {
      for (let i = 0; i < count; i += 1) await answer({ verdict: 'bad', waitMs });
    },
    /** An attempt that ends when told. */
    begin() {
      const { promise, resolve } = Promise.withResolvers<Outcome<string>>();
      const attempt = circuit.attempt(() => {
        asked += 1;
        return promise;
      });
      return {
        end: (verdict: Outcome<string>['verdict']) => {
          resolve({ verdict, settle: () => 'answer' });
          return attempt;
        },
      };
    },
    asked: () => asked,
    pass(milliseconds: number) {
      time += milliseconds;
    },
  };
}

const REFUSED = { name: 'TwilioError', source: 'api', status: 0, retryAfter: 5 };

describe('a circuit', () => {
  test('opens after so many failures in a row, and then asks nothing', async () => {
    const { circuit, answer, fail, asked, changes } = circuitAt();
    await fail(2);
    expect(circuit.isOpen).toBe(false);
    await fail();
    expect(circuit.isOpen).toBe(true);
    expect(await failureOf(answer())).toMatchObject(REFUSED);
    expect(() => circuit.check()).toThrow(expect.objectContaining(REFUSED));
    expect(asked()).toBe(3);
    expect(changes).toEqual([true]);
  });

  test('begins to count anew after every good answer', async () => {
    const { circuit, answer, fail } = circuitAt();
    for (let round = 0; round < 10; round += 1) {
      await fail(2);
      expect(await answer()).toBe('answer');
    }
    expect(circuit.isOpen).toBe(false);
  });

  test('is not opened by what tells nothing', async () => {
    const { circuit, answer } = circuitAt();
    for (let i = 0; i < 10; i += 1) await answer({ verdict: 'none' });
    expect(circuit.isOpen).toBe(false);
  });

  test('is not opened by many connections that break at once, but by failures that last', async () => {
    const { circuit, fail, pass } = circuitAt({ overMs: 1_000 });
    await fail(50);
    expect(circuit.isOpen).toBe(false);
    pass(1_000);
    await fail();
    expect(circuit.isOpen).toBe(true);
  });

  test('never opens where that is switched off', async () => {
    const { circuit, fail } = circuitAt({ failures: 0 });
    await fail(50);
    expect(circuit.isOpen).toBe(false);
  });

  test('says how long it stays open, and for as long as Twilio asked, up to a minute', async () => {
    for (const [asked, retryAfter] of [
      [0, 5],
      [30_000, 30],
      [3_600_000, 60],
    ] as const) {
      const { answer, fail, pass } = circuitAt();
      await fail(3, asked);
      expect(await failureOf(answer())).toMatchObject({ retryAfter });
      pass(1_500);
      expect(await failureOf(answer())).toMatchObject({ retryAfter: retryAfter - 1 });
    }
  });
});

describe('after its time', () => {
  test('one probe goes through; its good answer closes it and lets those through who waited', async () => {
    const { circuit, begin, answer, fail, pass, asked, changes } = circuitAt();
    await fail(3);
    pass(5_000);
    const probe = begin();
    const others = [answer(), answer(), answer()];
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked()).toBe(4);
    expect(await probe.end('good')).toBe('answer');
    expect(await Promise.all(others)).toEqual(Array(3).fill('answer'));
    expect(asked()).toBe(7);
    expect(circuit.isOpen).toBe(false);
    expect(await Promise.all([answer(), answer()])).toEqual(['answer', 'answer']);
    expect(changes).toEqual([true, false]);
  });

  test('a probe that fails leaves it open for as long again', async () => {
    const { answer, begin, fail, pass, asked, changes } = circuitAt();
    await fail(3);
    pass(5_000);
    await begin().end('bad');
    pass(4_999);
    expect(await failureOf(answer())).toMatchObject({ retryAfter: 1 });
    expect(asked()).toBe(4);
    pass(1);
    expect(await answer()).toBe('answer');
    expect(changes).toEqual([true, false]);
  });

  test('a probe that fails fails those who waited, and one that hangs keeps nobody long', async () => {
    const { answer, begin, fail, pass, asked } = circuitAt();
    await fail(3);
    pass(5_000);
    const probe = begin();
    const others = [failureOf(answer()), failureOf(answer())];
    await probe.end('bad');
    for (const error of await Promise.all(others)) expect(error).toMatchObject(REFUSED);
    pass(5_000);
    const hanging = begin();
    expect(await failureOf(answer())).toMatchObject({ retryAfter: 1 });
    expect(asked()).toBe(5);
    await hanging.end('none');
  });

  test('who waits for a probe goes away when its client does', async () => {
    const { circuit, begin, fail, pass } = circuitAt();
    await fail(3);
    pass(5_000);
    const probe = begin();
    const client = new AbortController();
    const waiting = failureOf(circuit.attempt(() => Promise.reject(new Error('asked')), client.signal));
    const reason = new Error('gone');
    client.abort(reason);
    expect(await waiting).toBe(reason);
    await probe.end('good');
  });

  test('a probe that was broken off makes way for the next', async () => {
    const { circuit, answer, begin, fail, pass } = circuitAt();
    await fail(3);
    pass(5_000);
    await begin().end('none');
    expect(circuit.isOpen).toBe(true);
    expect(await answer()).toBe('answer');
    expect(circuit.isOpen).toBe(false);
  });
});

describe('attempts that began before it opened', () => {
  test('close it with a good answer', async () => {
    const { circuit, begin, fail } = circuitAt();
    const early = begin();
    await fail(3);
    await early.end('good');
    expect(circuit.isOpen).toBe(false);
  });

  test('do not keep it open by failing', async () => {
    const { begin, answer, fail, pass } = circuitAt();
    const early = begin();
    await fail(3);
    pass(4_000);
    await early.end('bad');
    pass(1_000);
    expect(await answer()).toBe('answer');
  });
});
