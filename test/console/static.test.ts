import { get } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { listening } from '../http/kit.ts';
import { createKit } from '../kit.ts';
import { makeBuild, SCRIPT, VIEWER_ID } from './build.ts';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const ADMIN_KEY = 'planted-admin-key-0123456789abcdef0123456789';

function open(config: Parameters<typeof createKit>[0] = {}) {
  const kit = createKit({ sandbox: { messages: 10 }, console: makeBuild(), ...config });
  const load = (path: string, headers: Record<string, string> = HTML, method = 'GET') =>
    kit.gateway.fetch(`http://localhost${path}`, { method, headers });
  return { ...kit, load };
}

const SCREENS = [
  '/',
  '/messages',
  '/messages/AC0123456789abcdef0123456789abcdef/SM0123456789abcdef0123456789abcdef',
  '/threads',
  '/threads/v1.abc-def_0',
  '/accounts',
  '/admin',
  '/admin/credentials',
];

describe('the page of the console', () => {
  test.each(SCREENS)('is at %s, without a key', async (path) => {
    const { load } = open({ config: { adminKey: ADMIN_KEY } });
    const response = await load(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('<title>Console</title>');
  });

  test('runs nothing but the scripts of the gateway, and is not framed', async () => {
    const { headers } = await open().load('/messages');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  test('is asked for at each visit, and sent again only when it changed', async () => {
    const { load } = open();
    const first = await load('/');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag') ?? '';
    const again = await load('/threads', { ...HTML, 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await load('/', { ...HTML, 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  test('names the scripts of its screen, so that the browser loads them with it', async () => {
    const { load } = open();
    const linkOf = async (path: string) => (await load(path)).headers.get('link');
    expect(await linkOf('/')).toBe('</assets/main-1a2b.js>; rel=modulepreload');
    expect(await linkOf('/threads/v1.abc-def_0')).toBe(
      '</assets/a.js>; rel=modulepreload, </assets/b.js>; rel=modulepreload',
    );
    expect(await linkOf('/threads')).toBeNull();
    expect(await linkOf('/threads/a/b')).toBeNull();
  });

  test('may be linked to from another site; nothing else may', async () => {
    const { load } = open();
    const navigation = { ...HTML, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const linked = { ...navigation, 'sec-fetch-site': 'cross-site' };
    expect((await load('/messages', linked)).status).toBe(200);
    expect((await load('/assets/main-1a2b.js', linked)).status).toBe(403);
    expect((await load('/export/messages.csv', linked)).status).toBe(403);
    const framed = { ...linked, 'sec-fetch-dest': 'iframe' };
    expect((await load('/messages', framed)).status).toBe(403);
  });

  test('is not at other paths, and takes no POST', async () => {
    const { load } = open();
    for (const path of ['/message', '/messagesx', '/Messages', '/index.html', '/console']) {
      expect([path, (await load(path)).status]).toEqual([path, 404]);
    }
    expect((await load('/messages', { ...HTML, 'content-type': 'application/json' }, 'POST')).status).toBe(
      404,
    );
  });
});

describe('the files of the console', () => {
  test('are cached for good and already compressed', async () => {
    const { url } = await listening({ console: makeBuild() });
    const load = (encoding: string) =>
      new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
        get(`${url}/assets/main-1a2b.js`, { headers: { 'accept-encoding': encoding } }, async (response) => {
          const body = Buffer.concat(await response.toArray());
          resolve({ headers: response.headers, body });
        }).on('error', reject);
      });
    const plain = await load('identity');
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(SCRIPT.length),
    });
    const brotli = await load('gzip, br');
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    const gzipped = await load('gzip');
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzipped.body).toString()).toBe(SCRIPT);
    expect(gzipped.headers.etag).toBe(plain.headers.etag);
  });

  test('without a compressed twin are sent as they are', async () => {
    const response = await open().load('/assets/main-1a2b.css', { 'accept-encoding': 'br' });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe('body{}');
  });

  test('do not include the manifest, the stamp or anything outside the build', async () => {
    const { load } = open();
    expect((await load('/favicon.svg')).headers.get('content-type')).toBe('image/svg+xml');
    for (const path of [
      '/documents.json',
      '/stamp',
      '/assets/',
      '/assets/main-1a2b.js.br',
      '/assets/none.js',
      '/assets/..%2fdocuments.json',
      '/assets/%2e%2e/documents.json',
    ]) {
      const response = await load(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).not.toMatch(/planted-stamp|ConsoleViewerQuery/);
    }
  });

  test('answer HEAD without a body', async () => {
    const response = await open().load('/', HTML, 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
  });
});

describe('the documents of the console', () => {
  const run = async (kit: ReturnType<typeof open>, documentId: string) =>
    (
      await kit.gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ documentId }),
      })
    ).json();

  test('run by their hashes, also where only trusted documents do', async () => {
    const kit = open({ config: { http: { ...DEFAULT_HTTP, trustedDocumentsOnly: true } } });
    expect(await run(kit, VIEWER_ID)).toEqual({ data: { viewer: { name: 'local', role: 'ADMIN' } } });
    expect(await run(kit, VIEWER_ID.replace(/^./, 'x'))).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_UNKNOWN' } }],
    });
  });

  test('are listed with their source', async () => {
    const { query } = open();
    const { data } = await query('{ trustedDocuments { documentId name source } }');
    expect(data.trustedDocuments).toContainEqual({
      documentId: VIEWER_ID,
      name: 'ConsoleViewerQuery',
      source: 'CONSOLE',
    });
  });
});

describe('without a build', () => {
  test.each([true, false])('says what to run, with GraphiQL %s', async (graphiql) => {
    const kit = createKit({ config: { http: { ...DEFAULT_HTTP, graphiql } } });
    for (const path of ['/', '/messages', '/admin/keys']) {
      const response = await kit.gateway.fetch(`http://localhost${path}`, { headers: HTML });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const text = await response.text();
      expect(text).toContain('The console is not built here. Run "npm ci && npm run build"');
      expect(text.includes('GraphiQL')).toBe(graphiql);
    }
    const asset = await kit.gateway.fetch('http://localhost/assets/main-1a2b.js');
    expect(asset.status).toBe(404);
  });
});

test('old addresses of the administration lead to its screen, with and without a build', async () => {
  for (const { gateway } of [open(), createKit()]) {
    const load = (path: string) => gateway.fetch(`http://localhost${path}`, { headers: HTML });
    for (const path of ['/credentials', '/credentials/add', '/credentials/keys/create', '/credentials/x']) {
      const { status, headers } = await load(path);
      expect([path, status, headers.get('location')]).toEqual([path, 302, '/admin']);
    }
    expect((await load('/credentialsx')).status).toBe(404);
  }
});

test('the log names the screen, and neither ids nor the query', async () => {
  const { load, lines } = open();
  await load('/threads/v1.planted-thread?from=%2B15551234567');
  await load('/assets/main-1a2b.js');
  await load('/messages');
  const paths = lines.map((line) => JSON.parse(line).path).filter(Boolean);
  expect(paths).toEqual(['/threads/*', '/assets/*', '/messages']);
  expect(lines.join('')).not.toMatch(/planted-thread|5551234567/);
});
