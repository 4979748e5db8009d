import { describe, expect, test } from 'vitest';
import { listening } from './kit.ts';

async function send(...lines: string[]) {
  const kit = await listening();
  const { write, closed } = kit.socket();
  write([...lines, 'connection: close', '', ''].join('\r\n'));
  const raw = await closed;
  return { kit, raw, status: Number(/^HTTP\/1\.1 (\d+)/.exec(raw)?.[1]) };
}

describe('an address that is none is the client\u2019s fault, told in JSON and without a stack', () => {
  test.each([
    'a b',
    'localhost:99999',
    'localhost:x',
    '[',
    '[::1',
    'user@localhost',
    'localhost/x',
    'localhost?',
    'localhost#',
    'local\\host',
    '',
  ])('Host: %j', async (host) => {
    for (const path of ['/graphql', '/health', '/credentials', '/nowhere']) {
      const { kit, raw, status } = await send(`GET ${path}?query={__typename} HTTP/1.1`, `host: ${host}`);
      expect(status).toBe(400);
      expect(raw).toContain('"code":"BAD_REQUEST"');
      expect(raw).toMatch(/x-request-id: /i);
      expect(raw).not.toMatch(/node_modules|TypeError| at /);
      expect(kit.lines.join()).not.toContain('unexpected error');
    }
  });

  test('of another server, to be connected to', async () => {
    const { raw, status } = await send('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example:443');
    expect(status).toBe(400);
    expect(raw).toContain('"code":"BAD_REQUEST"');
    expect(raw).toMatch(/x-request-id: /i);
  });

  test('no Host at all', async () => {
    const { raw, status } = await send('GET /graphql?query={__typename} HTTP/1.1');
    expect(status).toBe(400);
    expect(raw).toContain('"code":"BAD_REQUEST"');
  });

  test.each(['*', 'http://[/graphql', 'https://localhost:99999/graphql', 'ftp://localhost/graphql'])(
    'the target %s',
    async (target) => {
      const { raw, status } = await send(`OPTIONS ${target} HTTP/1.1`, 'host: localhost:4000');
      expect(status).toBe(400);
      expect(raw).toContain('"code":"BAD_REQUEST"');
    },
  );
});

describe('an address that is one is answered', () => {
  test.each(['localhost', 'localhost:4000', '127.0.0.1', '127.0.0.1:4000', '[::1]', '[::1]:4000'])(
    'Host: %s',
    async (host) => {
      const { raw, status } = await send('GET /graphql?query={__typename} HTTP/1.1', `host: ${host}`);
      expect(status).toBe(200);
      expect(raw).toContain('{"data":{"__typename":"Query"}}');
    },
  );

  test('a whole URL as the target, as proxies are sent; its host counts', async () => {
    const get = (origin: string, host: string) =>
      send(`GET ${origin}/graphql?query={__typename} HTTP/1.1`, `host: ${host}`);
    expect((await get('http://localhost:4000', 'evil.example')).raw).toContain(
      '{"data":{"__typename":"Query"}}',
    );
    const elsewhere = await get('http://evil.example', 'localhost:4000');
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.raw).toContain('HOST_NOT_ALLOWED');
  });

  test('no Host, in HTTP/1.0, which had none', async () => {
    expect((await send('GET /health HTTP/1.0')).status).toBe(200);
  });

  test('an expectation nobody knows is passed over', async () => {
    const { raw, status } = await send(
      'GET /graphql?query={__typename} HTTP/1.1',
      'host: localhost',
      'expect: the-unexpected',
    );
    expect(status).toBe(200);
    expect(raw).toContain('Query');
  });
});

test.each(['/graphqlx', '/', '/.env', '/../../etc/passwd', '/metrics/x', '//evil.example/'])(
  'GET %s: nothing is there, in JSON as everything',
  async (path) => {
    const kit = await listening({ http: { graphiql: false } });
    const response = await fetch(kit.url + path, { redirect: 'manual' });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([404, 'PATH_UNKNOWN']);
    expect(response.headers.get('x-request-id')).toBeTruthy();
  },
);
