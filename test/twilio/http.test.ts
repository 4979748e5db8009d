import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/twilio/limiter.ts';
import { TwilioError, TwilioResponseError } from '../../src/twilio-error.ts';
import { failureOf, scope, twilioAt } from './kit.ts';

// Side by side, because waiting before a retry takes real time.
describe.concurrent('a read', () => {
  test('carries the token and counts as one call however often it is tried', async () => {
    const { http, accountPath, parent, sandbox, statuses } = twilioAt();
    sandbox.set({ fail503: { next: 2 } });
    const own = scope();
    expect(await http.get(accountPath, own)).toMatchObject({ sid: parent.sid });
    expect(own.upstreamCalls).toBe(1);
    expect(statuses()).toEqual([503, 503, 200]);
  });

  test.each([
    [{ fail429: { next: 1 } }],
    [{ fail500: { next: 1 } }],
    [{ fail503: { next: 1 } }],
    [{ htmlInsteadOfJson: { next: 1 } }],
    [{ resetConnection: { next: 1 } }],
  ])('is tried again after %j', async (fault) => {
    const { http, accountPath, parent, sandbox, tokenCalls } = twilioAt();
    sandbox.set(fault);
    expect(await http.get(accountPath, scope())).toMatchObject({ sid: parent.sid });
    expect(sandbox.calls.length - tokenCalls()).toBe(2);
  });

  test.each([
    [{ fail429: 1 }, { code: 20429, status: 429 }],
    [{ fail500: 1 }, { code: 20500, status: 500 }],
    [{ fail503: 1 }, { code: 20503, status: 503, moreInfo: 'https://www.twilio.com/docs/errors/20503' }],
    [{ htmlInsteadOfJson: 1 }, { code: null, status: 502, message: 'HTTP 502' }],
    [{ resetConnection: 1 }, { code: null, status: 0 }],
  ])('gives up on %j after four tries', async (fault, expected) => {
    const { http, accountPath, sandbox, statuses } = twilioAt();
    sandbox.set(fault);
    const error = await failureOf(http.get(accountPath, scope()));
    expect(error).toBeInstanceOf(TwilioError);
    expect(error).toMatchObject({ source: 'api', ...expected });
    expect(statuses()).toHaveLength(4);
  });

  test('is tried again after a timeout', async () => {
    let tries = 0;
    const slow = twilioAt({
      timeoutMs: 100,
      fetch: (input, init) => {
        tries += 1;
        slow.sandbox.set({ latencyMs: tries === 1 ? 5_000 : 0 });
        return slow.sandbox.fetch(input, init);
      },
    });
    expect(await slow.http.get(slow.accountPath, scope())).toMatchObject({ sid: slow.parent.sid });
    expect(tries).toBe(2);
  });

  test('that always times out is unreachable', async () => {
    const { http, accountPath, sandbox, tokens } = twilioAt({ timeoutMs: 50 });
    await tokens.get();
    sandbox.set({ latencyMs: 5_000 });
    const error = await failureOf(http.get(accountPath, scope()));
    expect(error).toMatchObject({ name: 'TwilioError', source: 'api', code: null, status: 0 });
  });

  test.each([
    ['a missing resource', { resourceMissing: 1 }, '', { code: 20404, status: 404 }],
    ['a bad date', {}, '?DateSent%3E=nonsense', { code: 20001, status: 400 }],
    ['a page beyond retention', {}, '?DateSent%3E=2001-01-01', { code: 20004, status: 400 }],
  ])('is not tried again after %s', async (_, fault, query, expected) => {
    const { http, parent, sandbox, statuses } = twilioAt();
    sandbox.set(fault);
    const path = `/2010-04-01/Accounts/${parent.sid}/Messages.json${query}`;
    const error = await failureOf(http.get(path, scope()));
    expect(error).toMatchObject({ ...expected, requestId: expect.stringMatching(/^RQ/) });
    expect(statuses()).toHaveLength(1);
  });

  test('waits as long as Retry-After says', async () => {
    const { http, accountPath, sandbox, statuses } = twilioAt();
    sandbox.set({ fail429: { next: 1 }, retryAfterSeconds: 1 });
    const begun = performance.now();
    await http.get(accountPath, scope());
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(statuses()).toEqual([429, 200]);
  });

  test.each([
    ['than there is time', 1_500, 5_000],
    ['than an attempt may take', 60_000, 1_500],
  ])('is told at once when to ask again, where that is later %s', async (_, leftMs, timeoutMs) => {
    const limiter = createLimiter({ initial: 8 });
    const { http, accountPath, sandbox, statuses, tokens } = twilioAt({ limiter, timeoutMs });
    await tokens.get();
    sandbox.set({ fail429: { next: 1 }, retryAfterSeconds: 2 });
    const own = { ...scope(), deadline: performance.now() + leftMs };
    const error = await failureOf(http.get(accountPath, own));
    expect(error).toMatchObject({ name: 'TwilioError', code: 20429, status: 429, retryAfter: 2 });
    expect(statuses()).toEqual([429]);
    // A refusal like any other.
    expect(limiter.limit).toBe(4);
  });
});

describe('an answer that is not JSON', () => {
  test('in a 200 is a response error without any of its text', async () => {
    const { http, accountPath, tokens } = twilioAt({
      fetch: async () =>
        new Response('<html>+14155550100</html>', { headers: { 'content-type': 'text/html' } }),
    });
    await tokens.get();
    const error = await failureOf(http.get(accountPath, scope()));
    expect(error).toBeInstanceOf(TwilioResponseError);
    expect((error as Error).message).not.toContain('555');
  });

  test.each(['', '"text"', 'null', '[]', '7'])('or is %j gives no account', async (body) => {
    const { client, parent } = twilioAt({ fetch: async () => new Response(body) });
    expect(await failureOf(client.account(parent.sid, scope()))).toBeInstanceOf(TwilioResponseError);
  });

  test('cut off in the middle is an answer that did not come', async () => {
    const { http, accountPath, sandbox } = twilioAt();
    sandbox.set({ truncateBody: 1 });
    const error = await failureOf(http.get(accountPath, scope()));
    expect(error).toMatchObject({ name: 'TwilioError', code: null, status: 0 });
  });
});

describe('the limiter', () => {
  test('holds the reads of one credential to its limit and halves on 429', async () => {
    const limiter = createLimiter({ initial: 8 });
    const { http, accountPath, sandbox, statuses } = twilioAt({ limiter });
    sandbox.set({ concurrencyLimit: 4, latencyMs: 5 });
    const reads = await Promise.allSettled(Array.from({ length: 30 }, () => http.get(accountPath, scope())));
    expect(reads.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(statuses().filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(limiter.running).toBe(0);
  });

  test('does not let a read that waits for its turn time out', async () => {
    const limiter = createLimiter({ initial: 1, max: 1 });
    const { http, accountPath, sandbox, statuses, tokens } = twilioAt({ limiter, timeoutMs: 150 });
    await tokens.get();
    sandbox.set({ latencyMs: 100 });
    const reads = await Promise.allSettled(Array.from({ length: 25 }, () => http.get(accountPath, scope())));
    expect(reads.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(statuses()).toHaveLength(25);
  });
});
