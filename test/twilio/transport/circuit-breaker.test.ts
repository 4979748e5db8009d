import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TwilioError, TwilioResponseError } from '../../../src/twilio/errors.ts';
import {
  CircuitOpenError,
  type CircuitSettings,
  createCircuitBreaker,
} from '../../../src/twilio/transport/circuit-breaker.ts';
import { failureOf } from '../kit.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const errorOf = (status: number, retryAfter: number | null = null) =>
  new TwilioError('no', { source: 'api', code: null, status, moreInfo: null, requestId: null, retryAfter });

const GONE = new DOMException('gone', 'AbortError');

function circuitAt(settings: Partial<CircuitSettings> = {}) {
  const changes: boolean[] = [];
  let sent = 0;
  const circuit = createCircuitBreaker({ failures: 3, openMs: 5_000, overMs: 0, ...settings }, (isOpen) =>
    changes.push(isOpen),
  );
  const send = (task: () => Promise<string> = async () => 'response', largePage = false, path = '/a') =>
    circuit.run({ largePage, path }, () => {
      sent += 1;
      return task();
    });
  return {
    circuit,
    changes,
    send,
    fail: async (count = 1, error: unknown = errorOf(503), largePage = false) => {
      for (let i = 0; i < count; i += 1) await failureOf(send(() => Promise.reject(error), largePage));
    },
    /** An attempt that the test ends. */
    begin() {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      return { succeed: () => resolve('response'), fail: reject, attempt: send(() => promise) };
    },
    sent: () => sent,
  };
}

describe('a circuit breaker', () => {
  test('opens after consecutive failures, then rejects without a call', async () => {
    const { circuit, send, fail, sent, changes } = circuitAt();
    await fail(2);
    expect(circuit.isOpen).toBe(false);
    await fail(1, errorOf(0));
    expect(circuit.isOpen).toBe(true);
    const error = await failureOf(send());
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ name: 'TwilioError', source: 'api', status: 0, retryAfter: 5 });
    expect(sent()).toBe(3);
    expect(changes).toEqual([true]);
  });

  test.each([
    ['a success', undefined],
    ['a 404', errorOf(404)],
    ['a 429', errorOf(429)],
    ['a rejected token', errorOf(401)],
    ['an unreadable response', new TwilioResponseError('it is not JSON')],
  ])('starts counting again after %s', async (_, error) => {
    const { circuit, send, fail } = circuitAt();
    for (let round = 0; round < 10; round += 1) {
      await fail(2);
      await (error ? fail(1, error) : send());
    }
    expect(circuit.isOpen).toBe(false);
  });

  test('is not opened by attempts that the client aborts, and does not start counting again', async () => {
    const { circuit, fail } = circuitAt();
    await fail(10, GONE);
    expect(circuit.isOpen).toBe(false);
    await fail(2);
    await fail(1, GONE);
    await fail(1);
    expect(circuit.isOpen).toBe(true);
  });

  test('is not opened by large pages that Twilio cannot return', async () => {
    const { circuit, fail } = circuitAt();
    await fail(10, errorOf(500), true);
    expect(circuit.isOpen).toBe(false);
  });

  test('is not opened by one path that repeatedly fails with 500, but by several paths', async () => {
    const { circuit, send } = circuitAt();
    const failAt = (path: string) => failureOf(send(() => Promise.reject(errorOf(500)), false, path));
    for (let times = 0; times < 10; times += 1) await failAt('/a?Page=1');
    expect(circuit.isOpen).toBe(false);
    await failAt('/b');
    await failAt('/c');
    expect(circuit.isOpen).toBe(true);
  });

  test('is not opened by connections that all break at once, but by lasting failures', async () => {
    const { circuit, fail } = circuitAt({ overMs: 1_000 });
    await fail(50);
    expect(circuit.isOpen).toBe(false);
    vi.advanceTimersByTime(1_000);
    await fail();
    expect(circuit.isOpen).toBe(true);
  });

  test('passes on the error of an attempt that started before it opened, and does not count it as the probe', async () => {
    const { circuit, begin, fail, send, sent, changes } = circuitAt();
    const [early, late] = [begin(), begin()];
    await fail(3);
    const error = errorOf(503);
    early.fail(error);
    expect(await failureOf(early.attempt)).toBe(error);
    expect(await failureOf(send())).toMatchObject({ retryAfter: 5 });
    vi.advanceTimersByTime(5_000);
    late.fail(error);
    expect(await failureOf(late.attempt)).toBe(error);
    expect(await send()).toBe('response');
    expect([sent(), circuit.isOpen, changes]).toEqual([6, false, [true, false]]);
  });

  test('never opens if failures is 0', async () => {
    const { circuit, fail } = circuitAt({ failures: 0 });
    await fail(50);
    expect(circuit.isOpen).toBe(false);
  });

  test.each([
    [null, 5],
    [30, 30],
    [3_600, 60],
  ])('with Retry-After %s stays open for %i s', async (asked, seconds) => {
    const { send, fail } = circuitAt();
    await fail(3, errorOf(503, asked));
    expect(await failureOf(send())).toMatchObject({ retryAfter: seconds });
    vi.advanceTimersByTime(1_500);
    expect(await failureOf(send())).toMatchObject({ retryAfter: seconds - 1 });
    vi.advanceTimersByTime(seconds * 1_000 - 1_500);
    expect(await send()).toBe('response');
  });
});

describe('after the open time', () => {
  async function openAt() {
    const kit = circuitAt();
    await kit.fail(3);
    vi.advanceTimersByTime(5_000);
    return kit;
  }

  test('sends one probe, whose success closes the circuit and admits the waiting calls', async () => {
    const { circuit, begin, send, sent, changes } = await openAt();
    const probe = begin();
    const others = [send(), send(), send()];
    await vi.advanceTimersByTimeAsync(50);
    expect(sent()).toBe(4);
    probe.succeed();
    expect(await probe.attempt).toBe('response');
    expect(await Promise.all(others)).toEqual(Array(3).fill('response'));
    expect(sent()).toBe(7);
    expect(circuit.isOpen).toBe(false);
    expect(changes).toEqual([true, false]);
  });

  test('opens again for the same time when the probe fails, and rejects the waiting calls', async () => {
    const { send, begin, sent } = await openAt();
    const probe = begin();
    const others = [failureOf(send()), failureOf(send())];
    probe.fail(errorOf(503));
    await failureOf(probe.attempt);
    for (const error of await Promise.all(others)) expect(error).toBeInstanceOf(CircuitOpenError);
    vi.advanceTimersByTime(4_999);
    expect(await failureOf(send())).toMatchObject({ retryAfter: 1 });
    expect(sent()).toBe(4);
    vi.advanceTimersByTime(1);
    expect(await send()).toBe('response');
  });

  test('limits the wait for a probe that hangs', async () => {
    const { begin, send, sent } = await openAt();
    const probe = begin();
    const waiting = failureOf(send());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toMatchObject({ retryAfter: 1 });
    expect(sent()).toBe(4);
    probe.succeed();
    await probe.attempt;
  });

  test('uses the next attempt as the probe if the client aborts the first one', async () => {
    const { circuit, begin, send } = await openAt();
    const probe = begin();
    probe.fail(GONE);
    expect(await failureOf(probe.attempt)).toBe(GONE);
    expect(circuit.isOpen).toBe(true);
    expect(await send()).toBe('response');
    expect(circuit.isOpen).toBe(false);
  });
});

test('a failed attempt that started before the circuit opened does not keep it open', async () => {
  const { begin, send, fail } = circuitAt();
  const early = begin();
  await fail(3);
  vi.advanceTimersByTime(4_000);
  early.fail(errorOf(503));
  await failureOf(early.attempt);
  vi.advanceTimersByTime(1_000);
  expect(await send()).toBe('response');
});
