import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createKit } from '../kit.ts';
import { errorIn, listening } from './kit.ts';

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

const PAGE = { headers: { accept: 'text/html' } };

/** Loads the page and returns the paths of its assets. */
async function load(get: Fetch) {
  const html = await (await get('/graphql', PAGE)).text();
  const paths = [...html.matchAll(/<(?:link|script)[^>]*(?:src|href)="(?!data:)([^"]+)"/g)].map(
    ([, path = '']) => new URL(path, 'http://localhost/graphql').pathname,
  );
  const script = paths.find((path) => path.endsWith('.js')) ?? '/graphql';
  return { html, paths, script };
}

const inProcess = (kit = createKit()): Fetch => {
  return (path, init) => kit.gateway.fetch(`http://localhost${path}`, init);
};

describe("GraphiQL's assets", () => {
  test('have names derived from their contents, and are cached permanently', async () => {
    const get = inProcess();
    const { html, paths } = await load(get);
    const page = await get('/graphql', PAGE);
    expect(html.length).toBeLessThan(4_096);
    expect(html).not.toMatch(/<(?:script|style)[^>]*>[^<]/);
    // The page itself changes with the gateway.
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const path of paths) {
      expect(path).toMatch(/^\/graphiql\/[a-z-]+\.[\w-]{16,}\.[a-z]+$/);
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('vary')).toContain('accept-encoding');
      expect(response.headers.get('content-type')).toMatch(/^(?:text\/(?:css|javascript)|image\/)/);
    }
  });

  test('have the same names in every process and gateway', async () => {
    expect((await load(inProcess())).paths).toEqual((await load(inProcess())).paths);
  });

  test('are compressed if the client accepts it', async () => {
    const get = inProcess();
    const { script } = await load(get);
    const bytes = async (encoding: string) => {
      const response = await get(script, { headers: { 'accept-encoding': encoding } });
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('content-length')).toBe(String(body.length));
      return { encoding: response.headers.get('content-encoding'), body };
    };
    const plain = await bytes('');
    const brotli = await bytes('gzip, deflate, br, zstd');
    const gzip = await bytes('gzip, deflate');
    expect([plain.encoding, brotli.encoding, gzip.encoding]).toEqual([null, 'br', 'gzip']);
    expect(brotli.body.length).toBeLessThan(plain.body.length / 3);
    expect(gzip.body.length).toBeLessThan(plain.body.length / 3);
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  });

  test('are not found under another name, nor if GraphiQL is disabled', async () => {
    const get = inProcess();
    const { script } = await load(get);
    for (const path of ['/graphiql', '/graphiql/', '/graphiql/graphiql.js', `${script}x`, `/x${script}`]) {
      expect((await get(path)).status, path).toBe(404);
    }
    const off = await listening({ http: { graphiql: false } });
    expect((await fetch(off.url + script)).status).toBe(404);
  });
});

describe('a browser with cached assets', () => {
  test.each(['the page', 'a script'])('gets 304 without a body for %s', async (which) => {
    const get = inProcess();
    const [path, headers] =
      which === 'the page' ? ['/graphql', PAGE.headers] : [(await load(get)).script, {}];
    const first = await get(path, { headers });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^(?:W\/)?"[\w-]{16,}"$/);
    for (const known of [etag, `"x", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await get(path, { headers: { ...headers, 'if-none-match': known } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    }
    const other = await get(path, { headers: { ...headers, 'if-none-match': '"x"' } });
    expect(other.status).toBe(200);
  });
});

test('HEAD has the same headers as GET, without the body', async () => {
  const kit = await listening();
  const get: Fetch = (path, init) => fetch(kit.url + path, init);
  const { script } = await load(get);
  for (const [path, headers] of [
    ['/graphql', PAGE.headers],
    [script, { 'accept-encoding': 'gzip' }],
  ] as const) {
    const whole = await get(path, { headers });
    const head = await get(path, { headers, method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const told = (response: Response) =>
      ['content-type', 'content-length', 'etag', 'cache-control', 'content-encoding', 'vary'].map((name) =>
        response.headers.get(name),
      );
    expect(told(head)).toEqual(told(whole));
    await whole.arrayBuffer();
  }
});

describe('clients that request GraphiQL and stop reading', () => {
  const CLIENTS = 100;
  // On a slow machine, they must not be shed.
  const limits = { clientTimeoutMs: 1_000, maxQueueDelayMs: 0 };

  async function stall(kit: Awaited<ReturnType<typeof listening>>, path: string, clients: number) {
    return Promise.all(
      Array.from({ length: clients }, async () => {
        const { socket, write, closed } = kit.socket();
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.pause();
        write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
        return { socket, closed };
      }),
    );
  }

  test('share memory, are limited in number, and are disconnected', async () => {
    const kit = await listening({ limits });
    const { script } = await load((path, init) => fetch(kit.url + path, init));
    // The shared part is loaded from now on.
    await (await fetch(kit.url + script)).arrayBuffer();
    const before = process.memoryUsage().arrayBuffers;
    const stalled = await stall(kit, script, CLIENTS);
    await expect
      .poll(() => kit.lines.filter((line) => line.includes('/graphiql/')).length, { timeout: 10_000 })
      .toBeGreaterThan(CLIENTS);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);

    const rejected = kit.lines.filter((line) => line.includes('GATEWAY_OVERLOADED')).length;
    expect(rejected).toBeGreaterThan(CLIENTS / 2);
    expect(rejected).toBeLessThan(CLIENTS);
    // Others are served meanwhile.
    expect((await kit.post({ query: '{ viewer { name } }' })).status).toBe(200);

    await sleep(3 * limits.clientTimeoutMs);
    for (const { socket } of stalled) socket.resume();
    const taken = await Promise.all(stalled.map(({ closed }) => closed));
    const whole = taken.filter((raw) => raw.startsWith('HTTP/1.1 200') && raw.length > 5_000_000);
    expect(whole).toEqual([]);
    expect((await fetch(kit.url + script)).status).toBe(200);
  });

  test('get 503 with Retry-After', async () => {
    const kit = await listening({ limits: { ...limits, clientTimeoutMs: 5_000 } });
    const { script } = await load((path, init) => fetch(kit.url + path, init));
    await stall(kit, script, CLIENTS);
    await expect
      .poll(() => kit.lines.some((line) => line.includes('GATEWAY_OVERLOADED')), { timeout: 10_000 })
      .toBe(true);
    const { closed, write } = kit.socket();
    write(`GET ${script} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    const raw = await closed;
    expect(raw).toMatch(/^retry-after: \d+\r$/im);
    expect(errorIn(raw)).toMatchObject({ status: 503, extensions: { code: 'GATEWAY_OVERLOADED' } });
    // Cached assets and GraphQL are not limited.
    const known = await fetch(kit.url + script, { method: 'HEAD' });
    expect(known.status).toBe(200);
  });
});
