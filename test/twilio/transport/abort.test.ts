import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../../src/twilio/transport/concurrency-limiter.ts';
import type { UpstreamFetch } from '../../../src/twilio/types.ts';
import { failureOf, scope, twilioAt } from '../kit.ts';

const REASON = new Error('the client went away');

/** Runs until aborted, and reports the reason. */
function hangingFetch() {
  const aborted: unknown[] = [];
  const fetch: UpstreamFetch = (input, init) =>
    new Promise((_, reject) => {
      const { signal } = new Request(input, init);
      signal.addEventListener('abort', () => {
        aborted.push(signal.reason);
        reject(signal.reason);
      });
    });
  return { fetch, aborted };
}

const soon = (milliseconds = 20) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('an aborted scope', () => {
  test('ends running and waiting calls immediately, with its reason', async () => {
    const { fetch, aborted } = hangingFetch();
    const limiter = createLimiter({ initial: 2, max: 2 });
    const { readAccount } = twilioAt({ fetch, limiter });
    const controller = new AbortController();
    const own = scope(controller.signal);
    const reads = Array.from({ length: 5 }, () => failureOf(readAccount(own)));
    await soon();
    expect(limiter.running).toBe(2);
    const begun = performance.now();
    controller.abort(REASON);
    expect(await Promise.all(reads)).toEqual(Array(5).fill(REASON));
    expect(performance.now() - begun).toBeLessThan(500);
    expect(aborted).toHaveLength(2);
    await expect.poll(() => limiter.running).toBe(0);
  });

  test('ends the wait before a retry', async () => {
    const { readAccount, sandbox, statuses } = twilioAt();
    sandbox.set({ fail429: 1, retryAfterSeconds: 4 });
    const controller = new AbortController();
    const read = failureOf(readAccount(scope(controller.signal)));
    await soon(50);
    expect(statuses()).toEqual([429]);
    const begun = performance.now();
    controller.abort(REASON);
    expect(await read).toBe(REASON);
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(statuses()).toEqual([429]);
  });

  test('ends the wait for a token, which other callers still get', async () => {
    const { readAccount, sandbox, parent, tokenCalls } = twilioAt();
    sandbox.set({ latencyMs: 100 });
    const controller = new AbortController();
    const aborted = failureOf(readAccount(scope(controller.signal)));
    const other = readAccount();
    await soon();
    controller.abort(REASON);
    expect(await aborted).toBe(REASON);
    expect(await other).toMatchObject({ sid: parent.sid });
    expect(tokenCalls()).toBe(1);
  });

  test('that was already aborted makes no call, not even for a token', async () => {
    const { readAccount, sandbox } = twilioAt();
    sandbox.set({ tokenThrottle: 1 });
    const own = scope(AbortSignal.abort(REASON));
    expect(await failureOf(readAccount(own))).toBe(REASON);
    // An unhandled rejection would end the process.
    await soon();
    expect(sandbox.calls).toEqual([]);
    expect(own.reads.calls).toBe(0);
  });

  test('does not end the calls of another scope', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const { readAccount, sandbox, parent } = twilioAt({ limiter });
    sandbox.set({ latencyMs: 30 });
    const controller = new AbortController();
    const aborted = failureOf(readAccount(scope(controller.signal)));
    const other = readAccount();
    await soon(45);
    controller.abort(REASON);
    expect(await aborted).toBe(REASON);
    expect(await other).toMatchObject({ sid: parent.sid });
  });
});
