import { describe, expect, test } from 'vitest';
import { messages } from '../../../src/twilio/resources/messages.ts';
import { BulkheadFullError, bulkhead } from '../../../src/twilio/transport/bulkhead.ts';
import { concurrencyLimiter, createLimiter } from '../../../src/twilio/transport/concurrency-limiter.ts';
import type { ReadRequest, ReadResult, Transport } from '../../../src/twilio/types.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const REQUEST: ReadRequest = {
  endpoint: messages.list,
  params: {},
  path: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
  accountSid: ACCOUNT,
  ownAccount: true,
  largePage: false,
};
const RESULT: ReadResult = { text: '{}', json: {}, origin: 'upstream', ttlMs: 0, ageMs: 0 };
const immediately = (work: () => void) => work();
const scope = () => ({ signal: AbortSignal.timeout(60_000) });

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A Twilio that hangs until each call ends with `end` or `fail`. */
function hanging() {
  const calls: { end(): void; fail(error: Error): void }[] = [];
  const transport: Transport = () =>
    new Promise((resolve, reject) => calls.push({ end: () => resolve(RESULT), fail: reject }));
  return { calls, transport };
}

describe('a bulkhead', () => {
  test('rejects a call immediately if its credential has too many running and waiting', async () => {
    const twilio = hanging();
    // Two of five run.
    const limited = concurrencyLimiter(twilio.transport, createLimiter({ initial: 2, max: 2 }));
    const read = bulkhead(limited, immediately, 5);
    const running = Array.from({ length: 5 }, () => read(REQUEST, scope()));
    await settle();
    expect(twilio.calls.length).toBe(2);
    const error = await read(REQUEST, scope()).catch((reason) => reason);
    expect(error).toBeInstanceOf(BulkheadFullError);
    expect(error).toMatchObject({ name: 'BulkheadFullError', limit: 5 });
    expect(twilio.calls.length).toBe(2);
    twilio.calls[0]?.end();
    expect(await running[0]).toBe(RESULT);
    const next = read(REQUEST, scope());
    await settle();
    await expect(read(REQUEST, scope())).rejects.toBeInstanceOf(BulkheadFullError);
    let ended = 0;
    const all = Promise.all([...running, next]).then((results) => {
      ended = results.length;
    });
    while (ended === 0) {
      for (const call of twilio.calls) call.end();
      await settle();
    }
    await all;
    expect(ended).toBe(6);
  });

  test('of one credential does not affect another', async () => {
    const twilio = hanging();
    const hangs = bulkhead(twilio.transport, immediately, 2);
    const healthy = bulkhead(async () => RESULT, immediately, 2);
    for (let count = 0; count < 2; count += 1) void hangs(REQUEST, scope());
    await expect(hangs(REQUEST, scope())).rejects.toBeInstanceOf(BulkheadFullError);
    for (let count = 0; count < 10; count += 1) expect(await healthy(REQUEST, scope())).toBe(RESULT);
  });

  test('has room again after failures, and passes them on unchanged', async () => {
    const twilio = hanging();
    const read = bulkhead(twilio.transport, immediately, 1);
    for (let count = 0; count < 3; count += 1) {
      const failing = read(REQUEST, scope());
      const reason = new Error(`failure ${count}`);
      twilio.calls[count]?.fail(reason);
      await expect(failing).rejects.toBe(reason);
    }
  });

  test('releases a call that throws before it starts', async () => {
    const thrower: Transport = () => {
      throw new Error('no call');
    };
    const read = bulkhead(thrower, immediately, 1);
    for (let count = 0; count < 2; count += 1)
      await expect(read(REQUEST, scope())).rejects.toThrow('no call');
  });

  test('resumes failed calls one by one through the scheduler, and successful ones immediately', async () => {
    const twilio = hanging();
    const planned: (() => void)[] = [];
    const read = bulkhead(twilio.transport, (work) => void planned.push(work), 10);
    const failed: number[] = [];
    const all = [0, 1, 2].map((id) => read(REQUEST, scope()).catch(() => failed.push(id)));
    const good = read(REQUEST, scope());
    for (const call of twilio.calls.slice(0, 3)) call.fail(new Error('timeout'));
    twilio.calls[3]?.end();
    expect(await good).toBe(RESULT);
    await settle();
    expect([failed, planned.length]).toEqual([[], 3]);
    planned[1]?.();
    await settle();
    expect(failed).toEqual([1]);
    planned[0]?.();
    planned[2]?.();
    await Promise.all(all);
  });
});
