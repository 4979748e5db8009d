import { describe, test } from 'vitest';
import { ACCOUNT, FOREIGN, OWN, rows, same } from './same.ts';

const BOTH = 'query A { account { sid } } query B { messages(first: 1) { nodes { sid } } }';

describe('bodies', () => {
  rows({
    'variables null': { body: { query: ACCOUNT, variables: null } },
    'variables a list': { body: { query: ACCOUNT, variables: [] }, way: 'yoga' },
    'variables a text': { body: { query: ACCOUNT, variables: '{}' }, way: 'yoga' },
    'variables of odd names': {
      body: `{"query":"query($n: Int = 2) { messages(first: $n) { nodes { sid } } }","variables":{"__proto__":{"n":1},"constructor":1}}`,
    },
    'a default': { body: { query: 'query($n: Int = 2) { messages(first: $n) { nodes { sid } } }' } },
    'a default, required': {
      body: { query: 'query($n: Int! = 2) { messages(first: $n) { nodes { sid } } }' },
      way: 'yoga',
    },
    'a default, and null instead': {
      body: {
        query: 'query($n: Int = 2) { messages(first: $n) { nodes { sid } } }',
        variables: { n: null },
      },
    },
    'an enum nobody knows': {
      body: {
        query: 'query($s: AccountStatus) { accounts(filter: { status: $s }) { nodes { sid } } }',
        variables: { s: 'GONE' },
      },
      way: 'yoga',
    },
    'operationName null': { body: { query: ACCOUNT, operationName: null } },
    'operationName of another': {
      body: { query: 'query A { account { sid } }', operationName: 'B' },
      way: 'yoga',
    },
    'operationName empty': { body: { query: 'query A { account { sid } }', operationName: '' }, way: 'yoga' },
    'operationName a number': {
      body: { query: 'query A { account { sid } }', operationName: 1 },
      way: 'yoga',
    },
    'two operations, the first': { body: { query: BOTH, operationName: 'A' } },
    'two operations, the second': { body: { query: BOTH, operationName: 'B' } },
    'two operations, none named': { body: { query: BOTH }, way: 'yoga' },
    'extensions empty': { body: { query: ACCOUNT, extensions: {} }, way: 'yoga' },
    'extensions null': { body: { query: ACCOUNT, extensions: null }, way: 'yoga' },
    'extensions a text': { body: { query: ACCOUNT, extensions: 'x' }, way: 'yoga' },
    'a parameter nobody knows': { body: { query: ACCOUNT, more: 1 }, way: 'yoga' },
    'a parameter nobody knows, null': { body: { query: ACCOUNT, more: null }, way: 'yoga' },
    'both query and documentId': { body: { query: ACCOUNT, documentId: 'RetrieveAccount' }, way: 'yoga' },
    'query and documentId null': { body: { query: ACCOUNT, documentId: null } },
    'documentId and query null': { body: { query: null, documentId: 'RetrieveAccount' } },
    'no query': { body: {}, way: 'yoga' },
    'an empty query': { body: { query: '' }, way: 'yoga' },
    'a query that is no GraphQL': { body: { query: '{' }, way: 'yoga' },
    'a query that does not fit': { body: { query: '{ nothing }' }, way: 'yoga' },
    'a list': { body: [{ query: ACCOUNT }], way: 'yoga' },
    'no JSON': { body: '{"query":', way: 'yoga' },
    'a mark before it': { body: `\uFEFF${JSON.stringify(OWN.body)}`, way: 'yoga' },
    'white space round it': { body: `\n ${JSON.stringify(OWN.body)} \n` },
    'a key twice': { body: `{"query":"{ nothing }","query":"${ACCOUNT}"}` },
    'half a character in an alias’s argument': {
      body: `{"query":"{ messages(first: 1, filter: { bodyContains: \\"\\ud800\\" }) { nodes { sid } } }"}`,
      way: 'yoga',
    },
    'nothing at all': { body: '', way: 'yoga' },
    'a mutation': { body: { query: 'mutation { __typename }' }, way: 'yoga' },
    introspection: { body: { query: '{ __schema { queryType { name } } __typename }' } },
    'introspection, closed': {
      body: { query: '{ __schema { queryType { name } } }' },
      options: { http: { introspection: false } },
      way: 'yoga',
    },
  })('%s', (_, row) => same(row));
});

test('a body in chunks', () => {
  const headers = { 'content-length': [], 'transfer-encoding': 'chunked' };
  return same({ ...OWN, headers, way: 'yoga' });
});

describe('content types', () => {
  test.each([
    ['application/json; charset=utf-8', 'past'],
    ['application/json;charset=UTF-8', 'past'],
    ['Application/JSON', 'past'],
    ['application/json; charset="utf-8"', 'yoga'],
    ['application/json; charset=utf-16', 'yoga'],
    ['application/graphql+json', 'yoga'],
    ['application/json, text/plain', 'yoga'],
    ['text/plain', 'yoga'],
  ] as const)('%s', (type, way) => same({ ...OWN, headers: { 'content-type': type }, way }));
});

describe('what is accepted', () => {
  test.each([
    ['application/json', 'past'],
    ['application/graphql-response+json', 'past'],
    ['*/*', 'past'],
    ['application/json; charset=utf-8', 'yoga'],
    ['application/*', 'yoga'],
    ['application/json;q=0.5, application/graphql-response+json', 'yoga'],
    ['application/graphql-response+json;q=0.5, application/json;q=0.9', 'yoga'],
    ['text/html, */*;q=0.1', 'yoga'],
    ['APPLICATION/JSON', 'yoga'],
    ['application/json;charset=utf-16', 'yoga'],
    ['text/event-stream', 'yoga'],
    ['multipart/mixed', 'yoga'],
    ['image/png', 'yoga'],
    ['', 'yoga'],
  ] as const)('%s', async (accept, way) => {
    await same({ ...OWN, headers: { accept }, way });
    const query = `query($n: Int) { messages(first: $n) { nodes { sid } } b: account(sid: "${FOREIGN}") { sid } }`;
    await same({ body: { query, variables: { n: 0 } }, headers: { accept }, way });
  });
});

describe('encodings', () => {
  const large = { body: { query: '{ messages(first: 50) { nodes { sid body from to status } } }' } };
  test.each(['gzip', 'br', 'gzip, br', 'br;q=0, gzip', 'GZIP', 'deflate', '*', 'identity', ''])(
    '%s',
    async (encoding) => {
      const headers = { 'accept-encoding': encoding };
      await same({ ...large, headers, options: { http: { compressFromBytes: 2_000 } } });
      const http = { compressFromBytes: 2_000, allowedOrigins: ['https://app.example'] };
      await same({ ...large, headers: { ...headers, origin: 'https://app.example' }, options: { http } });
      await same({ ...large, headers, options: { http: { compressFromBytes: 0 } } });
    },
  );
});

describe('who asks, and from where', () => {
  const http = { allowedOrigins: ['https://app.example'] };
  rows({
    'a known origin': { ...OWN, headers: { origin: 'https://app.example' }, options: { http } },
    'another origin': { ...OWN, headers: { origin: 'https://evil.example' }, options: { http }, way: 'yoga' },
    'another site': { ...OWN, headers: { 'sec-fetch-site': 'cross-site' }, way: 'yoga' },
    'no origin, where some are listed': { ...OWN, options: { http } },
    'a preflight': {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      options: { http },
      way: 'yoga',
    },
    'a Host of elsewhere, without keys': { ...OWN, headers: { host: 'evil.example' }, way: 'yoga' },
    'a Host that is none': { ...OWN, headers: { host: '[' }, way: 'yoga' },
    'a key, where none is known': { ...OWN, headers: { authorization: 'Bearer tgw_x' }, way: 'yoga' },
    HEAD: { method: 'HEAD', way: 'yoga' },
    OPTIONS: { method: 'OPTIONS', way: 'yoga' },
    PUT: { method: 'PUT', ...OWN, way: 'yoga' },
    DELETE: { method: 'DELETE', way: 'yoga' },
    'GET of a query': { method: 'GET', path: `/graphql?query=${encodeURIComponent(ACCOUNT)}`, way: 'yoga' },
    'a credential': { ...OWN, headers: { 'x-twilio-credential': 'sandbox-subaccount' } },
    'a credential nobody has': { ...OWN, headers: { 'x-twilio-credential': 'nobody' } },
    'two credentials': { ...OWN, headers: { 'x-twilio-credential': ['sandbox', 'sandbox-subaccount'] } },
    'no credential': { ...OWN, headers: { 'x-twilio-credential': '' } },
    'an id': { ...OWN, headers: { 'x-request-id': 'case-18' } },
    'an id that is none': { ...OWN, headers: { 'x-request-id': 'not one' } },
    'the cost': { ...OWN, headers: { 'x-query-cost': '1' }, way: 'yoga' },
    'the cost, empty': { ...OWN, headers: { 'x-query-cost': '' }, way: 'yoga' },
    'nothing old': { ...OWN, headers: { 'cache-control': 'no-cache' } },
  })('%s', (_, row) => same(row));
});
