import { describe, expect, test } from 'vitest';
import { TwilioError, TwilioResponseError } from '../../../src/twilio/errors.ts';
import { createLimiter } from '../../../src/twilio/transport/concurrency-limiter.ts';
import { failureOf, first, scope, twilioAt } from '../kit.ts';

// Concurrently, because waiting before a retry takes real time.
describe.concurrent('a read', () => {
  test('sends the token and counts as one call, with all retries', async () => {
    const { readAccount, parent, sandbox, statuses } = twilioAt();
    sandbox.set({ fail503: { next: 2 } });
    const own = scope();
    expect(await readAccount(own)).toMatchObject({ sid: parent.sid });
    expect(own.reads.calls).toBe(1);
    expect(statuses()).toEqual([503, 503, 200]);
  });

  test.each([
    [{ fail429: { next: 1 } }],
    [{ fail500: { next: 1 } }],
    [{ fail503: { next: 1 } }],
    [{ htmlInsteadOfJson: { next: 1 } }],
    [{ resetConnection: { next: 1 } }],
  ])('is retried after %j', async (fault) => {
    const { readAccount, parent, sandbox, tokenCalls } = twilioAt();
    sandbox.set(fault);
    expect(await readAccount()).toMatchObject({ sid: parent.sid });
    expect(sandbox.calls.length - tokenCalls()).toBe(2);
  });

  test.each([
    [{ fail429: 1 }, { code: 20429, status: 429 }],
    [{ fail500: 1 }, { code: 20500, status: 500 }],
    [{ fail503: 1 }, { code: 20503, status: 503, moreInfo: 'https://www.twilio.com/docs/errors/20503' }],
    [{ htmlInsteadOfJson: 1 }, { code: null, status: 502, message: 'HTTP 502' }],
    [{ resetConnection: 1 }, { code: null, status: 0 }],
  ])('fails on %j after four attempts', async (fault, expected) => {
    const { readAccount, sandbox, statuses } = twilioAt();
    sandbox.set(fault);
    const error = await failureOf(readAccount());
    expect(error).toBeInstanceOf(TwilioError);
    expect(error).toMatchObject({ source: 'api', ...expected });
    expect(statuses()).toHaveLength(4);
  });

  test('is retried after a timeout', async () => {
    let tries = 0;
    const slow = twilioAt({
      timeoutMs: 500,
      fetch: (input, init) => {
        tries += 1;
        slow.sandbox.set({ latencyMs: tries === 1 ? 5_000 : 0 });
        return slow.sandbox.fetch(input, init);
      },
    });
    expect(await slow.readAccount()).toMatchObject({ sid: slow.parent.sid });
    expect(tries).toBe(2);
  });

  test('that always times out results in "unreachable"', async () => {
    const { readAccount, sandbox, tokens } = twilioAt({ timeoutMs: 50 });
    await tokens.get();
    sandbox.set({ latencyMs: 5_000 });
    const error = await failureOf(readAccount());
    expect(error).toMatchObject({ name: 'TwilioError', source: 'api', code: null, status: 0 });
  });

  test.each([
    ['a missing resource', { resourceMissing: 1 }, '2026-01-01', { code: 20404, status: 404 }],
    ['a bad date', {}, 'nonsense', { code: 20001, status: 400 }],
    ['a page beyond retention', {}, '2001-01-01', { code: 20004, status: 400 }],
  ])('is not retried after %s', async (_, fault, since, expected) => {
    const { listMessages, sandbox, statuses } = twilioAt();
    sandbox.set(fault);
    const error = await failureOf(listMessages({ ...first(50), filters: [['DateSent>', since]] }));
    expect(error).toMatchObject({ ...expected, requestId: expect.stringMatching(/^RQ/) });
    expect(statuses()).toHaveLength(1);
  });

  test('waits for Retry-After', async () => {
    const { readAccount, sandbox, statuses } = twilioAt();
    sandbox.set({ fail429: { next: 1 }, retryAfterSeconds: 1 });
    const begun = performance.now();
    await readAccount();
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(statuses()).toEqual([429, 200]);
  });

  test.each([
    ['than there is time', 1_500, 5_000],
    ['than an attempt may take', 60_000, 1_500],
  ])('fails immediately with retryAfter if that is later %s', async (_, leftMs, timeoutMs) => {
    const limiter = createLimiter({ initial: 8 });
    const { readAccount, sandbox, statuses, tokens } = twilioAt({ limiter, timeoutMs });
    await tokens.get();
    sandbox.set({ fail429: { next: 1 }, retryAfterSeconds: 2 });
    const own = { ...scope(), deadline: performance.now() + leftMs };
    const error = await failureOf(readAccount(own));
    expect(error).toMatchObject({ name: 'TwilioError', code: 20429, status: 429, retryAfter: 2 });
    expect(statuses()).toEqual([429]);
    // A rejection like any other.
    expect(limiter.rejections).toBe(1);
  });
});

describe('a response that is not JSON', () => {
  test('with status 200 is retried, then results in an error without its text', async () => {
    let attempts = 0;
    const { readAccount, tokens } = twilioAt({
      fetch: async () => {
        attempts += 1;
        return new Response('<html>+14155550100</html>', { headers: { 'content-type': 'text/html' } });
      },
    });
    await tokens.get();
    const error = await failureOf(readAccount());
    expect(error).toBeInstanceOf(TwilioResponseError);
    expect((error as Error).message).not.toContain('555');
    expect(attempts).toBe(4);
  });

  test.each(['', '"text"', 'null', '[]', '7'])('or is %j results in an error', async (body) => {
    const { readAccount } = twilioAt({ fetch: async () => new Response(body) });
    expect(await failureOf(readAccount())).toBeInstanceOf(TwilioResponseError);
  });

  test('that is truncated is retried like a missing response', async () => {
    const { readAccount, sandbox } = twilioAt();
    sandbox.set({ truncateBody: 1 });
    const error = await failureOf(readAccount());
    expect(error).toMatchObject({ name: 'TwilioError', code: null, status: 0 });
  });
});

describe('the limiter', () => {
  test('limits the reads of one credential and halves on 429', async () => {
    const limiter = createLimiter({ initial: 8 });
    const { readAccount, sandbox, statuses } = twilioAt({ limiter });
    sandbox.set({ concurrencyLimit: 4, latencyMs: 5 });
    const reads = await Promise.allSettled(Array.from({ length: 30 }, () => readAccount()));
    expect(reads.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(statuses().filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(limiter.running).toBe(0);
  });

  test('does not count waiting time towards the timeout', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const { readAccount, sandbox, statuses, tokens } = twilioAt({ limiter, timeoutMs: 150 });
    await tokens.get();
    sandbox.set({ latencyMs: 100 });
    const reads = await Promise.allSettled(Array.from({ length: 25 }, () => readAccount()));
    expect(reads.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(statuses()).toHaveLength(25);
  });
});
