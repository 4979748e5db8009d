import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createKit } from '../kit.ts';

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

describe('a failed call to Twilio', () => {
  test("is logged as a warning with the request's id and Twilio's", async () => {
    const kit = createKit({ sandbox: { switches: { fail503: 1 } } });
    const response = await kit.query('{ account { sid } }', {}, { 'x-request-id': 'case-18' });
    const twilio = response.errors?.[0]?.extensions.twilio as { requestId: string };
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

  test('is not logged as a warning for a missing message', async () => {
    const kit = createKit();
    await kit.query(`{ message(sid: "SM${'0'.repeat(32)}") { sid } }`);
    expect(parsed(kit.lines)).toMatchObject([
      { level: 20, endpoint: 'message', twilio: { code: 20404, status: 404 } },
      { msg: 'request' },
    ]);
  });

  test('for a token is logged with its endpoint, without the request', async () => {
    const kit = createKit();
    const [app] = kit.sandbox.apps;
    const { clientSecret } = app ?? { clientSecret: '' };
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.rotateSecret(clientId);
    await kit.query('{ account { sid } }');
    expect(parsed(kit.lines)[0]).toMatchObject({ level: 40, endpoint: 'token', credential: 'sandbox' });
    expect(kit.lines.join('')).not.toContain(clientSecret);
  });
});

test("a request's id is sent to Twilio's API, but not to the token endpoint", async () => {
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

test('the estimated cost of a request is in its log line', async () => {
  const kit = createKit();
  await kit.query('{ messages(first: 50) { nodes { sid } } }');
  expect(parsed(kit.lines)).toMatchObject([{ cost: { calls: 1, rows: 50 }, upstreamCalls: 1 }]);
});
