import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { listening } from '../http/kit.ts';
import { createKit } from '../kit.ts';

const ADMIN = 'a'.repeat(40);
const authorization = `Bearer ${ADMIN}`;

describe('a request without a key reveals nothing of the schema, and its query is not parsed', () => {
  test.each([
    ['a misspelled field', { query: '{ mesages { nodes { sid } } }' }],
    ['an argument of a wrong type', { query: '{ messages(first: "x") { nodes { sid } } }' }],
    ['invalid GraphQL', { query: '{' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    [
      'a query that costs too much',
      { query: `{ ${'a: '.repeat(3)}messages(first: 1000) { nodes { sid } } }` },
    ],
    ['an unknown document', { documentId: 'Nothing' }],
    [
      'a variable of a wrong type',
      { query: 'query($n: Int!) { messages(first: $n) { scannedCount } }', variables: { n: 'x' } },
    ],
  ])('%s', async (_what, body) => {
    const { gateway } = createKit({ config: { adminKey: ADMIN } });
    const send = (headers: Record<string, string> = {}) =>
      gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    for (const [headers, code] of [
      [{}, 'UNAUTHENTICATED'],
      [{ authorization: 'Bearer tgw_wrong' }, 'API_KEY_INVALID'],
    ] as const) {
      const response = await send(headers);
      const { errors, ...rest } = (await response.json()) as { errors: { extensions: { code: string } }[] };
      expect([response.status, rest]).toEqual([401, {}]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    }
    expect((await send({ authorization })).status).not.toBe(401);
  });

  test('also by GET', async () => {
    const { gateway } = createKit({ config: { adminKey: ADMIN } });
    const response = await gateway.fetch('http://localhost/graphql?query={mesages}');
    expect([response.status, await response.text()]).toEqual([401, expect.not.stringContaining('messages')]);
  });
});

test.each([
  ['no key', '', 'UNAUTHENTICATED'],
  ['a wrong key', 'authorization: Bearer tgw_wrong\r\n', 'API_KEY_INVALID'],
])(
  'a request with %s is rejected by its headers alone, before its body arrives',
  async (_what, header, code) => {
    const kit = await listening({ config: { adminKey: ADMIN } });
    const { socket, write } = kit.socket();
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${header}content-type: application/json\r\ncontent-length: 1000\r\n\r\n`,
    );
    // Earlier than the time limit of a body, which would answer 408.
    await expect.poll(() => received).toMatch(/^HTTP\/1\.1 401 /);
    await expect.poll(() => received).toContain(code);
  },
);

test('invalid queries count towards a caller\u2019s rate limit', async () => {
  const limits = { ...DEFAULT_LIMITS, ratePerMinute: 2 };
  const kit = createKit({ config: { adminKey: ADMIN, limits } });
  const codes: unknown[] = [];
  for (const query of ['{', '{ nothing }', '{', '{ nothing }']) {
    const { errors } = await kit.query(query, {}, { authorization });
    codes.push(errors?.[0]?.extensions.code);
  }
  expect(codes).toEqual([
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'RATE_LIMITED',
    'RATE_LIMITED',
  ]);
});
