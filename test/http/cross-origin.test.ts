import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { errorIn, listening } from './kit.ts';

const DESK = 'https://desk.example.com';
const QUERY = JSON.stringify({ query: '{ account { sid } }' });
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends headers that fetch() does not allow. */
async function ask(
  url: string,
  {
    method = 'POST',
    headers = {},
    body = method === 'POST' ? QUERY : '',
  }: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; code: string | undefined }>(
    (resolve, reject) => {
      const sent = request(url, { method, headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        const answer = text.startsWith('{') ? JSON.parse(text) : {};
        const code = answer.errors?.[0]?.extensions?.code as string | undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, code });
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

describe('a page of another site', () => {
  const foreign: [what: string, method: string, headers: Record<string, string>][] = [
    ['POSTs JSON', 'POST', { ...JSON_TYPE, origin: DESK, 'sec-fetch-site': 'cross-site' }],
    ['POSTs JSON in an old browser', 'POST', { ...JSON_TYPE, origin: DESK }],
    ['POSTs JSON from a frame without an origin', 'POST', { ...JSON_TYPE, origin: 'null' }],
    ['POSTs from a sibling subdomain', 'POST', { ...JSON_TYPE, origin: DESK, 'sec-fetch-site': 'same-site' }],
    [
      'GETs in an image',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    [
      'opens it in a frame',
      'GET',
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'iframe',
        accept: 'text/html',
      },
    ],
    [
      'asks whether it may',
      'OPTIONS',
      { origin: DESK, 'access-control-request-method': 'POST', 'sec-fetch-site': 'cross-site' },
    ],
  ];

  test.each(foreign)('is rejected before any call: it %s', async (_what, method, headers) => {
    const kit = await listening();
    const url = method === 'GET' ? `${kit.graphql}?query=%7Baccount%7Bsid%7D%7D` : kit.graphql;
    const answer = await ask(url, { method, headers });
    expect([answer.status, answer.code]).toEqual([403, 'CROSS_ORIGIN_REFUSED']);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(kit.sandbox.calls).toEqual([]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'TEXT/PLAIN;x=application/json',
    undefined,
  ])('cannot send a type that needs no preflight: %s', async (type) => {
    const kit = await listening();
    const answer = await ask(kit.graphql, { headers: type ? { 'content-type': type } : {} });
    expect([answer.status, answer.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('a mutation by GET is rejected, whatever the origin', async () => {
    const kit = await listening();
    const answer = await ask(
      `${kit.graphql}?query=${encodeURIComponent('mutation { removeCredential(id: "x") }')}`,
      { method: 'GET' },
    );
    expect(answer.status).toBe(405);
  });
});

test.each([
  '/graphql/',
  '/graphql?',
  '//graphql',
  '/%67raphql',
  'http://localhost/graphql',
  '/x/graphql',
  '/./graphql',
])('another spelling of the path does not bypass the checks: %s', async (target) => {
  const kit = await listening();
  for (const header of ['content-type: text/plain', `content-type: application/json\r\norigin: ${DESK}`]) {
    const { write, closed } = kit.socket();
    write(
      `POST ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${header}\r\ncontent-length: ${QUERY.length}\r\n\r\n${QUERY}`,
    );
    const rejected = header.includes('origin') ? 403 : 415;
    expect(errorIn(await closed).status).toBe(target === '/./graphql' ? 404 : rejected);
  }
  expect(kit.sandbox.calls).toEqual([]);
});

describe("the gateway's own pages, and programs", () => {
  const own: [what: string, headers: (host: string) => Record<string, string>][] = [
    ['GraphiQL', (host) => ({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })],
    ['GraphiQL over plain http', (host) => ({ origin: `http://${host}` })],
    ['GraphiQL behind a proxy', () => ({ origin: 'https://gateway.example.com' })],
    ['a program', () => ({})],
  ];

  test.each(own)('are served: %s', async (_what, headers) => {
    const kit = await listening({ config: { publicUrl: new URL('https://gateway.example.com/') } });
    const answer = await ask(kit.graphql, { headers: { ...JSON_TYPE, ...headers(new URL(kit.url).host) } });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('a link on another site opens GraphiQL, if it is enabled', async () => {
    const headers = {
      accept: 'text/html',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const shown = await ask((await listening()).graphql, { method: 'GET', headers });
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'text/html']);
    const closed = await listening({ http: { graphiql: false } });
    const rejected = await ask(`${closed.graphql}?query=%7Baccount%7Bsid%7D%7D`, { method: 'GET', headers });
    expect([rejected.status, rejected.code]).toEqual([403, 'CROSS_ORIGIN_REFUSED']);
  });
});

describe('an allowed origin', () => {
  test('passes the preflight and is served; another one is not', async () => {
    const kit = await listening({ http: { allowedOrigins: [DESK] } });
    const origin = { origin: DESK, 'sec-fetch-site': 'cross-site' };
    const preflight = await ask(kit.graphql, {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': DESK,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: 'origin',
    });
    const answer = await ask(kit.graphql, { headers: { ...JSON_TYPE, ...origin } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': DESK,
      'access-control-expose-headers': expect.stringContaining('x-request-id'),
      'cross-origin-resource-policy': 'cross-origin',
      vary: expect.stringContaining('origin'),
    });
    // Keys are sent in a header, never in a cookie.
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    const other = await ask(kit.graphql, { headers: { ...JSON_TYPE, origin: `${DESK}.evil.example` } });
    expect([other.status, other.code]).toEqual([403, 'CROSS_ORIGIN_REFUSED']);
    expect((await ask(kit.graphql, { headers: { ...origin, 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
  });
});
