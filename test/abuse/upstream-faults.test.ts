import { describe, expect, test } from 'vitest';
import type { SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import { createKit, noErrors } from '../kit.ts';

const QUERY = '{ messages(first: 3) { nodes { sid } } credentials { nickname } }';

describe('one failed response of Twilio is retried', () => {
  test.each<[string, Partial<SandboxSwitches>]>([
    ['429', { fail429: { next: 1 } }],
    ['500', { fail500: { next: 1 } }],
    ['503', { fail503: { next: 1 } }],
    ['a reset connection', { resetConnection: { next: 1 } }],
    ['an incomplete body', { truncateBody: { next: 1 } }],
    ['a proxy error page', { htmlInsteadOfJson: { next: 1 } }],
  ])('%s', async (_what, switches) => {
    const kit = createKit();
    noErrors(await kit.query('{ account { sid } }'));
    kit.sandbox.set(switches);
    const { data } = noErrors(await kit.query(QUERY));
    expect(data.messages.nodes).toHaveLength(3);
  });
});

describe('persistent failures of Twilio are one error; other fields are unaffected', () => {
  test.each<[string, Partial<SandboxSwitches>, string]>([
    ['429', { fail429: 1 }, 'TWILIO_RATE_LIMITED'],
    ['503', { fail503: 1 }, 'TWILIO_UNAVAILABLE'],
    ['resets', { resetConnection: 1 }, 'TWILIO_UNAVAILABLE'],
  ])('%s', async (_what, switches, code) => {
    const kit = createKit();
    noErrors(await kit.query('{ account { sid } }'));
    kit.sandbox.set(switches);
    const { data, errors } = await kit.query(QUERY);
    expect(data).toEqual({
      messages: null,
      credentials: [{ nickname: 'sandbox' }, { nickname: 'sandbox-subaccount' }],
    });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
  });

  test('slower than the deadline: REQUEST_TIMEOUT, in time', async () => {
    const kit = createKit({ config: { requestTimeoutMs: 150 } });
    kit.sandbox.set({ latencyMs: 5_000 });
    const started = performance.now();
    const { errors } = await kit.query('{ messages(first: 1) { nodes { sid } } }');
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'REQUEST_TIMEOUT', timeoutMs: 150 });
  });

  test('a status that Twilio added later is UNKNOWN, never an error', async () => {
    const kit = createKit({ sandbox: { switches: { unknownStatus: 'teleported' } } });
    const { data } = noErrors(
      await kit.query(
        '{ messages(first: 3, filter: { status: [UNKNOWN] }) { nodes { status delivery { outcome isFinal } } } }',
      ),
    );
    expect(data.messages.nodes).toEqual(
      Array(3).fill({ status: 'UNKNOWN', delivery: { outcome: 'UNCONFIRMED', isFinal: false } }),
    );
  });

  test('a client that disconnects aborts its upstream calls', async () => {
    const kit = createKit();
    noErrors(await kit.query('{ account { sid } }'));
    kit.sandbox.set({ latencyMs: 10_000 });
    kit.sandbox.clearCalls();
    const client = new AbortController();
    const answer = kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: client.signal,
    });
    setTimeout(() => client.abort(), 100);
    await answer.catch(() => {});
    await expect.poll(() => kit.sandbox.calls.some(({ aborted }) => aborted)).toBe(true);
  });
});
