import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { basic, bearer, sandboxKit } from './kit.ts';

describe('errors', () => {
  test.each([
    ['fail500', 500, 20500],
    ['fail503', 503, 20503],
    ['fail429', 429, 20429],
    ['resourceMissing', 404, 20404],
  ] as const)('%s fails the next two requests', async (name, status, code) => {
    const { sandbox, getError, get, messages } = sandboxKit({ switches: { [name]: { next: 2 } } });
    expect(await getError(messages)).toMatchObject({ status, body: { code, status } });
    expect((await getError(messages)).status).toBe(status);
    expect((await get(messages)).status).toBe(200);
    expect(sandbox.switches[name]).toBe(0);
  });

  test('a rate fails its share of requests, deterministically', async () => {
    const run = async () => {
      const { get, messages } = sandboxKit({ switches: { fail503: 0.3 } });
      const statuses: number[] = [];
      for (let i = 0; i < 200; i += 1) statuses.push((await get(`${messages}?PageSize=1`)).status);
      return statuses;
    };
    const statuses = await run();
    const share = statuses.filter((status) => status === 503).length / statuses.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    expect(await run()).toEqual(statuses);
  });

  test('occur only on paths that contain faultPath, by default not on token requests', async () => {
    const { sandbox, parentApp, getError, get, messages } = sandboxKit({ switches: { fail500: 1 } });
    const token = await bearer(sandbox, parentApp);
    expect((await getError(messages, token)).status).toBe(500);
    sandbox.set({ faultPath: 'From=' });
    expect((await get(messages, token)).status).toBe(200);
    expect((await getError(`${messages}?From=x`, token)).status).toBe(500);
    sandbox.set({ faultPath: '/v2/token' });
    expect(await bearer(sandbox, parentApp)).toBe('Bearer undefined');
  });

  test('have Retry-After only when switched on', async () => {
    const { sandbox, get, messages } = sandboxKit({ switches: { fail429: 1 } });
    expect((await get(messages)).headers.has('retry-after')).toBe(false);
    sandbox.set({ retryAfterSeconds: 7 });
    expect((await get(messages)).headers.get('retry-after')).toBe('7');
  });
});

describe('transport', () => {
  test('a reset is a network error', async () => {
    const { sandbox, get, messages } = sandboxKit({ switches: { resetConnection: { next: 1 } } });
    await expect(get(messages)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNRESET' },
    });
    expect(sandbox.calls.at(-1)?.status).toBe(0);
    expect((await get(messages)).status).toBe(200);
  });

  test('a truncated body is an error', async () => {
    const { get, messages } = sandboxKit({ switches: { truncateBody: { next: 1 } } });
    await expect(get(messages)).rejects.toThrow('terminated');
    expect((await get(messages)).status).toBe(200);
  });

  test('HTML has status 502; an oversized body is still valid JSON', async () => {
    const { sandbox, parent, messages } = sandboxKit({
      switches: { htmlInsteadOfJson: { next: 1 }, oversizedBody: { next: 1 }, oversizedBytes: 1_000_000 },
    });
    const authorization = basic(parent.sid, parent.authToken);
    const read = () => sandbox.fetch(messages, { headers: { authorization } });
    const html = await read();
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html']);
    const text = await (await read()).text();
    expect(text).toHaveLength(1_000_000);
    expect(JSON.parse(text)).toHaveProperty('messages');
  });

  test('HTML can have other statuses, and JSON can be labelled as HTML', async () => {
    const { sandbox, parent, messages } = sandboxKit({ switches: { htmlInsteadOfJson: 1, htmlStatus: 200 } });
    const authorization = basic(parent.sid, parent.authToken);
    const read = () => sandbox.fetch(messages, { headers: { authorization } });
    const html = await read();
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await html.text()).toMatch(/^<html>/);
    sandbox.set({ htmlStatus: 403 });
    expect((await read()).status).toBe(403);
    sandbox.set({ htmlInsteadOfJson: 0, wrongContentType: 1 });
    const json = await read();
    expect(json.headers.get('content-type')).toBe('text/html');
    expect(await json.json()).toHaveProperty('messages');
  });

  test('a redirect has the configured Location', async () => {
    const { sandbox, parent, messages } = sandboxKit({
      switches: { redirect: 1, redirectTo: 'https://elsewhere.example/x' },
    });
    const headers = { authorization: basic(parent.sid, parent.authToken) };
    const response = await sandbox.fetch(messages, { headers, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://elsewhere.example/x']);
  });

  test('a slow response can be aborted with a reason', async () => {
    const { sandbox, parent, messages } = sandboxKit({ switches: { latencyMs: 5000 } });
    const headers = { authorization: basic(parent.sid, parent.authToken) };
    const reason = new Error('enough');
    const gone = new AbortController();
    const pending = sandbox.fetch(messages, { headers, signal: gone.signal });
    gone.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(sandbox.calls.at(-1)).toMatchObject({ path: messages, status: 0, aborted: true });
    await expect(sandbox.fetch(messages, { headers, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

describe('concurrency', () => {
  test('is limited per account, and reported in a header', async () => {
    const { sandbox, parent, active, get, messages } = sandboxKit({
      switches: { concurrencyLimit: 2, latencyMs: 20 },
    });
    const other = basic(active.sid, active.authToken);
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => get(messages)),
      get(`/2010-04-01/Accounts/${active.sid}.json`, other),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
    const counts = answers.map(({ headers }) => headers.get('twilio-concurrent-requests'));
    expect(counts).toEqual(['1', '2', '3', '1']);
    expect(answers[2]?.body).toMatchObject({ code: 20429, message: 'Too Many Requests' });
    expect(sandbox.calls).toHaveLength(4);
    expect((await get(messages)).status).toBe(200);
    expect(parent.status).toBe('active');
  });
});

test("successful and failed responses have Twilio's headers", async () => {
  const { get, messages } = sandboxKit();
  for (const query of ['', '?Page=3']) {
    const headers = Object.fromEntries((await get(messages + query)).headers);
    expect(headers).toMatchObject({
      'twilio-request-id': expect.stringMatching(/^RQ[0-9a-f]{32}$/),
      'twilio-concurrent-requests': '1',
      'twilio-request-duration': expect.stringMatching(/^\d\.\d{3}$/),
      'x-home-region': 'us1',
      'x-api-domain': 'api.twilio.com',
      'x-powered-by': 'AT-5000',
      'x-shenanigans': 'none',
    });
  }
});

test('an invalid switch is rejected by name, and nothing changes', () => {
  const sandbox = createSandbox({ messages: 10 });
  const change = { latencyMs: 5, fail500: 2, colour: 'red' };
  expect(() => sandbox.set(change)).toThrow(
    'fail500 must be a rate from 0 to 1 or {"next": a whole number}, not 2. There is no switch "colour".',
  );
  expect(sandbox.switches.latencyMs).toBe(0);
});

describe('valid responses', () => {
  test('can have undocumented fields, some of them nested', async () => {
    const { get, messages } = sandboxKit({ switches: { unknownFields: true } });
    const { body } = await get<Record<string, unknown> & { messages: object[] }>(messages);
    for (const object of [body, ...body.messages]) expect(object).toHaveProperty('x_added_later.nested');
    expect(body.messages[0]).toHaveProperty('sid');
  });

  test('can have another host in their page URIs', async () => {
    const { sandbox, get, messages } = sandboxKit();
    const path = `${messages}?PageSize=5`;
    const { body } = await get(path);
    sandbox.set({ pageUriOrigin: 'https://elsewhere.example' });
    const { next_page_uri, first_page_uri, ...rest } = (await get(path)).body;
    expect(next_page_uri).toBe(`https://elsewhere.example${body.next_page_uri}`);
    expect(first_page_uri).toBe(`https://elsewhere.example${body.first_page_uri}`);
    expect(body).toMatchObject(rest);
  });

  test('can have pages that form a cycle', async () => {
    const { sandbox, get, messages } = sandboxKit();
    const second = (await get(`${messages}?PageSize=5`)).body.next_page_uri ?? '';
    sandbox.set({ pageRing: 'self' });
    expect((await get(second)).body.next_page_uri).toBe(second);
    sandbox.set({ pageRing: 'pair' });
    const pages = [second];
    for (let page = 0; page < 5; page += 1)
      pages.push((await get(pages.at(-1) ?? '')).body.next_page_uri ?? '');
    const firsts = await Promise.all(pages.map(async (page) => (await get(page)).body.messages[0]?.sid));
    expect(new Set(firsts.slice(1)).size).toBe(2);
  });
});
