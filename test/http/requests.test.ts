import { describe, expect, test } from 'vitest';
import { errorIn, listening } from './kit.ts';

const VIEWER = JSON.stringify({ query: '{ viewer { name } }' });
const chunked =
  'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe('a request body', () => {
  const limits = { maxBodyBytes: 1_024 };

  test.each(['/graphql', '/login'])('that is too large by its own word is not read: %s', async (path) => {
    const kit = await listening({ limits });
    const response = await fetch(kit.url + path, {
      method: 'POST',
      headers: {
        'content-type': path === '/graphql' ? 'application/json' : 'application/x-www-form-urlencoded',
        origin: kit.url,
      },
      body: ' '.repeat(1_025),
    });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain(
      path === '/graphql' ? '"code":"BODY_TOO_LARGE","limit":1024,"actual":1025' : 'more than 1024 bytes',
    );
  });

  test('above the limit gets a response before it is complete, and the connection stays open', async () => {
    const kit = await listening({ limits });
    for (let times = 0; times < 5; times += 1) {
      const response = await kit.post(' '.repeat(8_000_000));
      expect([response.status, response.headers.get('connection')]).toEqual([413, 'keep-alive']);
      await response.arrayBuffer();
    }
    expect((await kit.post(VIEWER)).status).toBe(200);
  });

  test('up to the limit is read', async () => {
    const kit = await listening({ limits });
    expect((await kit.post(VIEWER.padEnd(1_024))).status).toBe(200);
  });

  test('in chunks is read, and aborted if it becomes too large', async () => {
    const kit = await listening({ limits });
    const good = kit.socket();
    good.write(chunked.replace('host', 'connection: close\r\nhost') + chunk(VIEWER.slice(0, 9)));
    good.write(`${chunk(VIEWER.slice(9))}0\r\n\r\n`);
    expect(await good.closed).toContain('{"data":{"viewer":{"name":"local"}}}');

    const endless = kit.socket();
    endless.write(chunked);
    const pour = setInterval(() => endless.socket.writable && endless.write(chunk(' '.repeat(300))), 10);
    const { status, extensions } = errorIn(await endless.closed);
    clearInterval(pour);
    expect([status, extensions]).toEqual([
      413,
      { code: 'BODY_TOO_LARGE', limit: 1_024, actual: expect.any(Number) },
    ]);
    expect(extensions.actual).toBeGreaterThan(1_024);
    expect((await kit.post(VIEWER)).status).toBe(200);
  });
});

test('a rejected request has an id and a log line', async () => {
  const kit = await listening({ limits: { maxBodyBytes: 1_024 } });
  const rejected = await kit.post(' '.repeat(2_000), { 'x-request-id': 'case-18' });
  expect(rejected.headers.get('x-request-id')).toBe('case-18');
  const { headers } = await kit.post(' '.repeat(2_000), { 'x-request-id': 'not one' });
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(kit.lines[0] ?? '')).toMatchObject({
    msg: 'request',
    requestId: 'case-18',
    method: 'POST',
    path: '/graphql',
    status: 413,
    errors: ['BODY_TOO_LARGE'],
  });
});

describe('overload', () => {
  test('rejects some requests until it ends; /health still responds', async () => {
    const kit = await listening({ limits: { maxQueueDelayMs: 1, alwaysAdmitted: 4 } });
    const statuses = new Set<number>();
    let count = 0;
    const isOver = () => statuses.has(503) || count > 20_000;
    const client = async () => {
      while (!isOver()) {
        count += 1;
        const response = await kit.post({
          query: `{ messages(first: ${100 + (count % 400)}) { nodes { sid } } }`,
        });
        const text = await response.text();
        if (response.status === 503) expect(text).toContain('"GATEWAY_OVERLOADED"');
        statuses.add(response.status);
      }
    };
    await Promise.all(Array.from({ length: 64 }, client));
    expect(statuses).toEqual(new Set([200, 503]));
    expect((await fetch(`${kit.url}/health`)).status).toBe(200);
    const few = Array.from({ length: 3 }, () => kit.post(VIEWER));
    expect((await Promise.all(few)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // One line per second for all of them, whether they were shed before or after their body.
    expect(kit.lines.filter((line) => line.includes('GATEWAY_OVERLOADED'))).toEqual([]);
    await expect.poll(() => kit.lines.join('\n')).toContain('requests were rejected');
  });
});

describe('in-flight requests', () => {
  test('beyond the limit: GATEWAY_OVERLOADED immediately, with Retry-After; /health still responds', async () => {
    const kit = await listening({ limits: { maxInFlight: 3 } });
    kit.sandbox.set({ latencyMs: 600 });
    let under = 0;
    const running = Array.from({ length: 3 }, async () => {
      under += 1;
      const response = await kit.post({
        query: `{ account { sid } messages(first: ${under}) { nodes { sid } } }`,
      });
      return response.status;
    });
    await expect.poll(async () => (await kit.post(VIEWER)).status).toBe(503);
    const rejected = await kit.post(VIEWER);
    expect([rejected.status, rejected.headers.get('retry-after'), await rejected.json()]).toEqual([
      503,
      '1',
      {
        errors: [
          expect.objectContaining({ extensions: { code: 'GATEWAY_OVERLOADED', limit: 3, actual: 4 } }),
        ],
      },
    ]);
    expect((await fetch(`${kit.url}/login`)).status).toBe(503);
    expect((await fetch(`${kit.url}/health`)).status).toBe(200);
    expect((await fetch(`${kit.url}/ready`)).status).toBe(200);
    expect(await Promise.all(running)).toEqual([200, 200, 200]);
    expect((await kit.post(VIEWER)).status).toBe(200);
  });

  test('end when a client disconnects', async () => {
    const kit = await listening({ limits: { maxInFlight: 1 } });
    kit.sandbox.set({ latencyMs: 5_000 });
    const leaving = new AbortController();
    const gone = fetch(kit.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ account { sid } }' }),
      signal: leaving.signal,
    });
    await expect.poll(async () => (await kit.post(VIEWER)).status).toBe(503);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    await expect.poll(async () => (await kit.post(VIEWER)).status).toBe(200);
  });
});
