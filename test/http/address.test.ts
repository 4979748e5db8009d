import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { createLazyMetrics } from '../../src/telemetry/lazy-metrics.ts';
import { createKit } from '../kit.ts';
import { samplesOf } from '../telemetry/exposition.ts';
import { listening, openSocket } from './kit.ts';

async function send(...lines: string[]) {
  const kit = await listening();
  const { write, closed } = kit.socket();
  write([...lines, 'connection: close', '', ''].join('\r\n'));
  const raw = await closed;
  return { kit, raw, status: Number(/^HTTP\/1\.1 (\d+)/.exec(raw)?.[1]) };
}

describe('an invalid address is a client error, in JSON and without a stack', () => {
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
    for (const path of ['/graphql', '/health', '/login', '/nowhere']) {
      const { kit, raw, status } = await send(`GET ${path}?query={__typename} HTTP/1.1`, `host: ${host}`);
      expect(status).toBe(400);
      expect(raw).toContain('"code":"BAD_REQUEST"');
      expect(raw).toMatch(/x-request-id: /i);
      expect(raw).not.toMatch(/node_modules|TypeError| at /);
      expect(kit.lines.join()).not.toContain('unexpected error');
    }
  });

  test('another server as the target of CONNECT', async () => {
    const { raw, status } = await send('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example:443');
    expect(status).toBe(400);
    expect(raw).toContain('"code":"BAD_REQUEST"');
    expect(raw).toMatch(/x-request-id: /i);
  });

  test('a missing Host header', async () => {
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

describe('a valid address is served', () => {
  test.each(['localhost', 'localhost:4000', '127.0.0.1', '127.0.0.1:4000', '[::1]', '[::1]:4000'])(
    'Host: %s',
    async (host) => {
      const { raw, status } = await send('GET /graphql?query={__typename} HTTP/1.1', `host: ${host}`);
      expect(status).toBe(200);
      expect(raw).toContain('{"data":{"__typename":"Query"}}');
    },
  );

  test('an absolute URL as the target, as sent to proxies; its host counts', async () => {
    const get = (origin: string, host: string) =>
      send(`GET ${origin}/graphql?query={__typename} HTTP/1.1`, `host: ${host}`);
    expect((await get('http://localhost:4000', 'evil.example')).raw).toContain(
      '{"data":{"__typename":"Query"}}',
    );
    const elsewhere = await get('http://evil.example', 'localhost:4000');
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.raw).toContain('HOST_NOT_ALLOWED');
  });

  test.each(['localhost:4000', 'evil.example'])(
    'a whole URL as the target, with the Host %s: not without exactly one valid Host',
    async (host) => {
      const target = 'GET http://localhost:4000/graphql?query={__typename} HTTP/1.1';
      for (const hosts of [[], [`host: ${host}`, 'host: localhost:4000'], ['host: a b']]) {
        expect((await send(target, ...hosts)).status).toBe(400);
      }
      expect((await send(target, `host: ${host}`)).status).toBe(200);
      const withUser = 'GET http://localhost@evil.example/graphql?query={__typename} HTTP/1.1';
      expect((await send(withUser, `host: ${host}`)).status).toBe(400);
    },
  );

  test('a missing Host header in HTTP/1.0', async () => {
    expect((await send('GET /health HTTP/1.0')).status).toBe(200);
  });

  test('an unknown Expect header is ignored', async () => {
    const { raw, status } = await send(
      'GET /graphql?query={__typename} HTTP/1.1',
      'host: localhost',
      'expect: the-unexpected',
    );
    expect(status).toBe(200);
    expect(raw).toContain('Query');
  });
});

describe('two Host headers are rejected, whatever their values and path', () => {
  const pairs = [
    ['host: localhost', 'host: localhost'],
    ['host: localhost', 'Host: evil.example'],
    ['HOST: evil.example', 'x: y', 'hOsT: localhost'],
    ['host: localhost', 'host:'],
  ];
  test.each(['/graphql?query={__typename}', '/health', '/ready', '/metrics', '/login', '/', '/nowhere'])(
    'GET %s',
    async (path) => {
      for (const version of ['1.1', '1.0']) {
        for (const pair of pairs) {
          const { raw, status } = await send(`GET ${path} HTTP/${version}`, ...pair);
          expect(status).toBe(400);
          expect(raw).toContain('"code":"BAD_REQUEST"');
        }
      }
    },
  );

  test('a POST that would be served from the cache', async () => {
    const body = '{"query":"{ __typename }"}';
    const lines = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
    const kit = await listening();
    for (const hosts of [['localhost'], ['localhost', 'localhost']]) {
      const { write, closed } = kit.socket();
      const head = ['POST /graphql HTTP/1.1', ...hosts.map((host) => `host: ${host}`), ...lines, '', body];
      write(head.join('\r\n'));
      expect(Number((await closed).slice(9, 12))).toBe(hosts.length === 1 ? 200 : 400);
    }
  });

  test('on the metrics port', async () => {
    const { gateway } = createKit();
    const { url, close } = await listen({ handle: gateway.monitor }, '127.0.0.1', 0);
    onTestFinished(() => close(0));
    for (const hosts of ['host: a\r\nhost: a', 'Host: a\r\nHOST: b']) {
      const { write, closed } = openSocket(Number(new URL(url).port));
      write(`GET /health HTTP/1.1\r\n${hosts}\r\nconnection: close\r\n\r\n`);
      expect((await closed).slice(9, 12)).toBe('400');
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('in-process, where they are one header', async () => {
    const { gateway } = createKit({ config: { adminKey: 'k'.repeat(40) } });
    for (const path of ['/graphql', '/health', '/login']) {
      for (const host of ['localhost, localhost', 'a b', 'user@localhost']) {
        const headers = { host, 'content-type': 'application/json' };
        const method = path === '/graphql' ? 'POST' : 'GET';
        const body = method === 'POST' ? '{"query":"{ __typename }"}' : null;
        const response = await gateway.fetch(`http://localhost${path}`, { method, headers, body });
        expect([response.status, await response.text()]).toEqual([
          400,
          expect.stringContaining('BAD_REQUEST'),
        ]);
      }
    }
  });
});

/** Paths that yoga or URL normalization would take for /graphql. */
const OTHER_PATHS = [
  '/x/graphql',
  '/graphql/graphql',
  '/login/graphql',
  '/health/graphql',
  '//evil.com/graphql',
  '//graphql',
  '/graphql/',
  '/graphql//',
  '/GraphQL',
  '/%67raphql',
  '/graphql%2f',
  '/graphql%20',
  '/graphql;x=1',
];
/** Paths that URL normalization turns into /graphql. */
const DETOURS = [
  '/./graphql',
  '/x/../graphql',
  '/%2e/graphql',
  '/x/%2e%2E/graphql',
  '/graphql/.',
  '/graphql#x',
];
const QUERY = '{"query":"{ account { sid } }"}';

describe('GraphQL is served at exactly one path', () => {
  test.each([...[...OTHER_PATHS, ...DETOURS].flatMap((path) => [path, `http://localhost${path}`])])(
    'nothing is executed at %s, which is logged and counted',
    async (target) => {
      const telemetry = createLazyMetrics();
      const kit = await listening({ telemetry, http: { graphiql: false } });
      const query = `${target.includes('?') ? '&' : '?'}query=%7Baccount%7Bsid%7D%7D`;
      const requests: [head: string, body: string, ...more: string[]][] = [
        [`GET ${target}${query}`, ''],
        [`GET ${target}`, '', 'accept: text/html'],
        [`POST ${target}`, QUERY, 'content-type: application/json', `content-length: ${QUERY.length}`],
      ];
      for (const [head, body, ...more] of requests) {
        const { write, closed } = kit.socket();
        write([`${head} HTTP/1.1`, 'host: localhost', 'connection: close', ...more, '', body].join('\r\n'));
        const raw = await closed;
        expect([raw.slice(9, 12), raw]).toEqual(['404', expect.stringContaining('"code":"PATH_UNKNOWN"')]);
      }
      expect(kit.sandbox.calls).toEqual([]);
      const logged = kit.lines.map((line) => JSON.parse(line)).filter(({ status }) => status === 404);
      expect(logged.map(({ errors }) => errors)).toEqual(requests.map(() => ['PATH_UNKNOWN']));
      const { text = '' } = (await telemetry.exposition?.()) ?? {};
      const refused = samplesOf(text).filter(({ name }) => name === 'twilio_gateway_requests_refused_total');
      expect(refused.find(({ labels }) => labels.code === 'PATH_UNKNOWN')?.value).toBe(requests.length);
    },
  );

  test.each(['/?x=/graphql', 'http://localhost?x=/graphql'])('nothing is executed at %s', async (target) => {
    const kit = await listening();
    for (const [method, ...headers] of [
      ['GET'],
      ['GET', 'accept: text/html'],
      ['POST', 'content-type: application/json', `content-length: ${QUERY.length}`],
    ]) {
      const { write, closed } = kit.socket();
      const query = method === 'GET' ? '&query=%7Baccount%7Bsid%7D%7D' : '';
      const lines = [
        `${method} ${target}${query} HTTP/1.1`,
        'host: localhost',
        'connection: close',
        ...headers,
      ];
      write([...lines, '', method === 'GET' ? '' : QUERY].join('\r\n'));
      expect((await closed).slice(9, 12)).toBe('404');
    }
    expect(kit.sandbox.calls).toEqual([]);
  });

  test.each(OTHER_PATHS)('nothing is executed in-process at %s', async (path) => {
    const { gateway, sandbox } = createKit();
    const url = `http://localhost${path}`;
    const headers = { 'content-type': 'application/json' };
    for (const response of [
      await gateway.fetch(url, { method: 'POST', headers, body: QUERY }),
      await gateway.fetch(`${url}?query=%7Baccount%7Bsid%7D%7D`),
      await gateway.fetch(url, { headers: { accept: 'text/html' } }),
      await gateway.fetch(url, { headers: { accept: 'text/event-stream' } }),
    ]) {
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringContaining('PATH_UNKNOWN'),
      ]);
    }
    expect(sandbox.calls).toEqual([]);
  });

  test('GraphiQL is served at exactly one path', async () => {
    const { gateway } = createKit();
    const visit = (target: string) =>
      gateway.fetch(`http://localhost${target}`, { headers: { accept: 'text/html' } });
    expect((await visit('/graphql')).headers.get('content-type')).toContain('text/html');
    expect((await visit('/health?x=/graphql')).headers.get('content-type')).toContain('json');
    expect((await visit('/x?x=/graphql')).status).toBe(404);
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
