import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createKit } from '../kit.ts';

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

describe('a call of Twilio that failed', () => {
  test('has a line with the request\u2019s id and Twilio\u2019s, as a warning', async () => {
    const kit = createKit({ sandbox: { switches: { fail503: 1 } } });
    const answer = await kit.query('{ account { sid } }', {}, { 'x-request-id': 'case-18' });
    const twilio = answer.errors?.[0]?.extensions.twilio as { requestId: string };
    const [failure, request] = parsed(kit.lines);
    expect(failure).toMatchObject({
      level: 40,
      requestId: 'case-18',
      credential: 'sandbox',
      endpoint: 'account',
      twilio: { status: 503, requestId: twilio.requestId },
    });
    expect(twilio.requestId).toMatch(/^RQ[0-9a-f]{32}$/);
    expect(request).toMatchObject({ msg: 'request', requestId: 'case-18' });
  });

  test('is no news where there is no such message', async () => {
    const kit = createKit();
    await kit.query(`{ message(sid: "SM${'0'.repeat(32)}") { sid } }`);
    expect(parsed(kit.lines)).toMatchObject([
      { level: 20, endpoint: 'message', twilio: { code: 20404, status: 404 } },
      { msg: 'request' },
    ]);
  });

  test('and a token that was refused say the endpoint, and nothing that was sent', async () => {
    const kit = createKit();
    const [app] = kit.sandbox.apps;
    const { clientSecret } = app ?? { clientSecret: '' };
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.rotateSecret(clientId);
    await kit.query('{ account { sid } }');
    expect(parsed(kit.lines)[0]).toMatchObject({ level: 40, endpoint: 'token', credential: 'sandbox' });
    expect(kit.lines.join('')).not.toContain(clientSecret);
  });
});

test('a request\u2019s id goes along to Twilio, the API and not the token endpoint', async () => {
  const sandbox = createSandbox({ messages: 10 });
  const sent: [string, string | null][] = [];
  const fetch: UpstreamFetch = (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    sent.push([new URL(request.url).pathname, request.headers.get('x-request-id')]);
    return sandbox.fetch(input, init);
  };
  const kit = createKit({ over: { ...sandbox, fetch } });
  await kit.query('{ account { sid } }', {}, { 'x-request-id': 'case-19' });
  expect(sent).toEqual([
    ['/v2/token', null],
    [expect.stringMatching(/Accounts/), 'case-19'],
  ]);
});

test('the estimated cost of a request stands in its line', async () => {
  const kit = createKit();
  await kit.query('{ messages(first: 50) { nodes { sid } } }');
  expect(parsed(kit.lines)).toMatchObject([{ cost: { calls: 1, rows: 50 }, upstreamCalls: 1 }]);
});
