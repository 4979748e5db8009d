import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTokenRequest } from '../../src/auth/oauth.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { TwilioError, TwilioResponseError } from '../../src/twilio/errors.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const HTTPS = 'https://oauth.twilio.com';

function sandboxWith(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ messages: 0, ...options });
  const [app] = sandbox.apps;
  if (!app) throw new Error('no app');
  return { sandbox, app };
}

function requestTo(fetch: UpstreamFetch, { url = HTTPS, timeoutMs = 5_000 } = {}) {
  return createTokenRequest({ oauthUrl: new URL(url), fetch, timeoutMs, now: () => NOW });
}

const answering = (body: string, status = 200, type = 'application/json') =>
  requestTo(async () => new Response(body, { status, headers: { 'content-type': type } }));

const APP = { clientId: `OQ${'1'.repeat(32)}`, clientSecret: 'the-secret-that-nobody-may-see-0123456789' };

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  );
}

/** Everything a careless logger might print: messages, stacks, causes, and all of their fields. */
function everythingIn(error: unknown): string {
  const texts: string[] = [inspect(error, { depth: 20, showHidden: true, maxStringLength: null })];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    texts.push(cause.message, cause.stack ?? '', inspect(Object.entries(cause), { depth: 20 }));
  }
  return texts.join('\n');
}

describe('an access token', () => {
  test('is read from a response with nulls that OAuth does not allow', async () => {
    const { sandbox, app } = sandboxWith({ switches: { tokenTtlSeconds: 120 } });
    const token = await requestTo(sandbox.fetch)(app);
    expect(token).toEqual({ value: expect.stringMatching(/^eyJ/), expiresAt: NOW + 120_000 });
  });

  test("has the lifetime of the response, whatever the machine's clock does", async () => {
    let time = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => {
      time += 7;
      return time;
    });
    onTestFinished(() => clock.mockRestore());
    const token = await answering('{"access_token":"x","token_type":"Bearer","expires_in":120}')(APP);
    expect(token).toEqual({ value: 'x', expiresAt: NOW + 120_000 });
  });

  test('has a lifetime of an hour if the response has none', async () => {
    const token = await answering('{"access_token":"x","token_type":"Bearer","expires_in":null}')(APP);
    expect(token).toEqual({ value: 'x', expiresAt: NOW + 3_600_000 });
  });

  test('is requested with client id and secret in a form, and in no header or URL', async () => {
    let seen: Request | undefined;
    const request = requestTo(async (input, init) => {
      seen = new Request(input, init);
      return Response.json({ access_token: 'x', token_type: 'Bearer' });
    });
    await request(APP);
    expect(seen?.url).toBe(`${HTTPS}/v2/token`);
    expect(seen?.method).toBe('POST');
    expect(seen?.headers.get('authorization')).toBeNull();
    expect(Object.fromEntries(new URLSearchParams(await seen?.text()))).toEqual({
      grant_type: 'client_credentials',
      client_id: APP.clientId,
      client_secret: APP.clientSecret,
    });
  });

  test('is requested over http only if the settings say so', async () => {
    const { sandbox, app } = sandboxWith();
    const protocols: string[] = [];
    const fetch: UpstreamFetch = (input, init) => {
      protocols.push(new URL(new Request(input).url).protocol);
      return sandbox.fetch(input, init);
    };
    await requestTo(fetch, { url: 'http://127.0.0.1:4010' })(app);
    await requestTo(fetch)(app);
    expect(protocols).toEqual(['http:', 'https:']);
  });
});

describe('a refusal by Twilio', () => {
  test.each([
    [{ tokenErrorCode: 322402, tokenErrorStatus: 401 } as const],
    [{ tokenErrorCode: 321401, tokenErrorStatus: 400 } as const],
  ])('of the secret keeps its code %j', async (switches) => {
    const { sandbox, app } = sandboxWith({ switches });
    const error = await failureOf(requestTo(sandbox.fetch)({ ...app, clientSecret: 'wrong' }));
    expect(error).toBeInstanceOf(TwilioError);
    expect(error).toMatchObject({
      source: 'oauth',
      code: switches.tokenErrorCode,
      status: switches.tokenErrorStatus,
      moreInfo: expect.stringContaining(String(switches.tokenErrorCode)),
      requestId: expect.stringMatching(/^RQ/),
    });
  });

  test('because of too many requests keeps its code', async () => {
    const { sandbox, app } = sandboxWith({ switches: { tokenThrottle: 1 } });
    const error = await failureOf(requestTo(sandbox.fetch)(app));
    expect(error).toMatchObject({ source: 'oauth', code: 322401, status: 429 });
  });

  test("in OAuth's own form or in HTML has no code and does not repeat the body", async () => {
    const invalidClient = '{"error":"invalid_client","error_description":"no +14155550100"}';
    expect(await failureOf(answering(invalidClient, 401)(APP))).toMatchObject({
      name: 'TwilioError',
      code: null,
      status: 401,
      message: 'HTTP 401',
    });
    expect(await failureOf(answering('<html>oops</html>', 502, 'text/html')(APP))).toMatchObject({
      name: 'TwilioError',
      code: null,
      status: 502,
      message: 'HTTP 502',
    });
  });
});

describe('a response without a token', () => {
  test.each([
    ['HTML', '<html></html>', 'text/html'],
    ['text that calls itself JSON', 'OK', 'application/json'],
    ['nothing', '', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['an object without a token', '{}', 'application/json'],
    ['a token that is a number', '{"access_token":5,"token_type":"Bearer"}', 'application/json'],
    ['a token of another type', '{"access_token":"x","token_type":"mac"}', 'application/json'],
    [
      'a life that is text',
      '{"access_token":"x","token_type":"Bearer","expires_in":"soon"}',
      'application/json',
    ],
  ])('%s', async (_, body, type) => {
    expect(await failureOf(answering(body, 200, type)(APP))).toBeInstanceOf(TwilioResponseError);
  });
});

describe('a missing response', () => {
  test.each([
    ['a broken connection', async () => Promise.reject(new TypeError('fetch failed'))],
    ['a redirect, which is not followed', async () => Response.redirect('https://evil.test/', 307)],
  ])('%s', async (name, fetch) => {
    const error = await failureOf(requestTo(fetch)(APP));
    expect(error).toMatchObject({ name: 'TwilioError', source: 'oauth', code: null });
    if (name.startsWith('a broken')) expect(error).toMatchObject({ status: 0 });
  });

  test('within the timeout', async () => {
    const never: UpstreamFetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const error = await failureOf(requestTo(never, { timeoutMs: 200 })(APP));
    expect(error).toMatchObject({ name: 'TwilioError', source: 'oauth', code: null, status: 0 });
  });
});

describe('the client secret', () => {
  const leaky: [string, UpstreamFetch][] = [
    ['refused', async () => Response.json({ code: 322402, message: 'Invalid credentials' }, { status: 401 })],
    ['unreachable', async () => Promise.reject(new TypeError('fetch failed'))],
    ['HTML', async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['not a token', async () => Response.json({ access_token: 5 })],
    [
      'a broken body',
      async () => new Response(new ReadableStream({ pull: (c) => c.error(new Error('cut')) })),
    ],
  ];
  test.each(leaky)('is not in the error if the response is %s', async (_, fetch) => {
    const text = everythingIn(await failureOf(requestTo(fetch)(APP)));
    expect(text).toContain('Error');
    expect(text).not.toContain(APP.clientSecret);
  });
});
