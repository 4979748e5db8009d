import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../../src/schema/global-id.ts';
import { ROOT } from '../../docs/markdown.ts';
import { type Row, same, TIMES } from './same.ts';
import { twins } from './twins.ts';

const LIST = '{ messages(first: 3) { nodes { sid body } } }';
const ACCOUNT = '{ account { sid friendlyName } }';
const OWN = { body: { query: ACCOUNT } };
const GONE = `SM${'0'.repeat(32)}`;
const FOREIGN = `AC${'f'.repeat(32)}`;
const BOTH = 'query A { account { sid } } query B { messages(first: 1) { nodes { sid } } }';

const rows = (table: Record<string, Row>) => test.each(Object.entries(table));

describe('the trusted documents', () => {
  const variables: Record<string, object[]> = {
    ListMessages: [
      {},
      { first: 2 },
      { first: null },
      { first: 1_000 },
      { to: '+12125550153', dateSent: { since: '2026-10-01T00:00:00Z' } },
      { from: null, nobodyKnows: 1 },
    ],
    RetrieveMessage: [{ sid: GONE }],
    ListAccounts: [{}, { status: 'ACTIVE', first: 1 }],
    RetrieveAccount: [{}, { sid: null }, { sid: FOREIGN }],
  };
  const names = readdirSync(new URL('operations/', ROOT)).map((file) => file.replace('.graphql', ''));
  test('are all here', () => expect(Object.keys(variables).sort()).toEqual(names.sort()));

  const each = Object.entries(variables).flatMap(([name, sets]) => sets.map((set) => ({ name, set })));
  test.each(each)('$name $set, by name and by text', async ({ name, set }) => {
    const query = readFileSync(new URL(`operations/${name}.graphql`, ROOT), 'utf8');
    await same({ body: { documentId: name, variables: set } });
    await same({ body: { query, variables: set } });
    await same({ body: { query, variables: set, operationName: name } });
  });

  const refused: [string, object][] = [
    ['ListMessages', { first: 'ten' }],
    ['ListMessages', { first: 5_000 }],
    ['ListMessages', { after: 'no cursor' }],
    ['ListMessages', { to: 'call me now, please' }],
    ['ListMessages', { dateSent: { until: '2020-01-01' } }],
    ['RetrieveMessage', {}],
    ['RetrieveMessage', { sid: null }],
    ['RetrieveMessage', { sid: 7 }],
    ['RetrieveMessage', { sid: 'SM' }],
  ];
  test.each(refused)('%s with what is refused: %o', async (documentId, variables) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const pair = await twins();
      for (let time = 0; time < TIMES; time += 1) {
        const { past, yoga } = await pair.ask({ body: { documentId, variables }, headers: { accept } });
        expect(past).toEqual(yoga);
      }
    }
  });

  rows({
    'by GET': { method: 'GET', path: '/graphql?documentId=RetrieveAccount&variables={}', way: 'yoga' },
    'of no such name': { body: { documentId: 'Nothing' }, way: 'yoga' },
    'and nothing else': {
      body: { query: ACCOUNT },
      options: { http: { trustedDocumentsOnly: true } },
      way: 'yoga',
    },
    'by name, and nothing else': {
      body: { documentId: 'RetrieveAccount' },
      options: { http: { trustedDocumentsOnly: true } },
    },
    'by the name yoga gives them': {
      body: { query: '__PERSISTED_OPERATION_RetrieveAccount__' },
      way: 'yoga',
    },
  })('%s', (_, row) => same(row));
});

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

describe('errors beside data', () => {
  rows({
    'of one field': { body: { query: `{ account { sid } b: account(sid: "${FOREIGN}") { sid } }` } },
    'of two, in fragments and lists': {
      body: {
        query: `query Q($d: Boolean = true) { ...F ... @include(if: $d) { b: message(sid: "${GONE}") { sid } }
          messages(first: 2) { nodes { sid account { sid } media { sid } } } }
          fragment F on Query { c: account(sid: "${FOREIGN}") { sid } c: account(sid: "${FOREIGN}") { friendlyName } }`,
      },
      later: { resourceMissing: 1, faultPath: 'Media' },
    },
    'of each of a list': {
      body: { query: '{ messages(first: 4, filter: { hasMedia: true }) { nodes { sid media { sid } } } }' },
      later: { fail429: 1, retryAfterSeconds: 20, faultPath: 'Media' },
    },
    'of an id': {
      body: {
        query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        variables: { ids: [encodeGlobalId('Account', FOREIGN), 'x', encodeGlobalId('Message', 'y')] },
      },
    },
    'of an argument': { body: { query: '{ messages(first: 0) { nodes { sid } } account { sid } }' } },
    'of what is forbidden': { body: { query: '{ apiKeys { nodes { id } } }' }, way: 'yoga' },
  })('%s', (_, row) => same(row));
});

describe('Twilio', () => {
  // One read: what comes of several, comes in the order in which their retries end.
  const list = { body: { query: LIST } };
  rows({
    'refuses for a long time': { ...list, later: { fail429: 1, retryAfterSeconds: 100 } },
    'refuses once': { ...list, later: { fail429: { next: 1 } } },
    'fails: 500': { ...list, later: { fail500: 1 } },
    'is away: 503': { ...list, later: { fail503: 1, retryAfterSeconds: 100 } },
    'answers with a page': { ...list, later: { htmlInsteadOfJson: 1, htmlStatus: 403 } },
    'answers with a page, and 200': { ...list, later: { htmlInsteadOfJson: 1, htmlStatus: 200 } },
    'breaks the connection': { ...list, later: { resetConnection: 1 } },
    'breaks off': { ...list, later: { truncateBody: 1 } },
    'sends elsewhere': { ...list, later: { redirect: 1 } },
    'does not find it': { ...list, later: { resourceMissing: 1 } },
    'says what nobody knows': { ...list, later: { unknownFields: true, unknownStatus: 'teleported' } },
    'is slower than the request may be': {
      ...list,
      later: { latencyMs: 5_000 },
      options: { config: { requestTimeoutMs: 300 } as never },
    },
  })('%s', (_, row) => same(row));
});

describe('limits', () => {
  rows({
    'calls, beforehand': { body: { query: LIST }, options: { limits: { maxQueryCalls: 0 } }, way: 'yoga' },
    'rows, beforehand': {
      body: { query: LIST },
      options: { limits: { maxQueryRows: 2 } },
      headers: { accept: 'application/graphql-response+json' },
      way: 'yoga',
    },
    'calls, really made': {
      body: {
        query: `{ messages(first: 3) { nodes { sid media { sid } } } a: message(sid: "${GONE}") { sid } account { sid } }`,
      },
      options: { limits: { maxUpstreamCalls: 1 } },
    },
    'a rate': { ...OWN, options: { limits: { ratePerMinute: 4 } } },
    'a body that is too large': {
      body: { query: `${ACCOUNT}${' '.repeat(2_000)}` },
      options: { limits: { maxBodyBytes: 1_000 } },
      way: 'yoga',
    },
  })('%s', (_, row) => same(row));
});

describe('old answers', () => {
  const headers = { 'cache-control': 'stale-if-error=60' };
  const stale = { maxMs: 60_000, maxBytes: 1_000_000 };
  const config = { faults: { circuit: { failures: 0, openMs: 5_000 }, stale } };
  rows({
    'to who allows them, while Twilio is away': {
      body: { query: LIST },
      headers,
      options: { config },
      later: { fail503: 1, retryAfterSeconds: 100 },
      says: /"body":".*"extensions":\{"stale":\{"age":\d+,"reads":\[\{"read":"messages"/,
    },
    'while it cannot be reached, and beside what fails': {
      body: { query: `{ account { sid } a: account(sid: "${FOREIGN}") { sid } }` },
      headers,
      options: { config },
      later: { resetConnection: 1, faultPath: '/Accounts.json' },
      says: /^\{"errors":.*"data":\{"account":\{"sid":"AC\w+"\},"a":null\},"extensions":\{"stale"/,
    },
    'to nobody else': {
      body: { query: LIST },
      options: { config },
      later: { fail503: 1, retryAfterSeconds: 100 },
      says: /"data":\{"messages":null\}\}$/,
    },
  })('%s', (_, row) => same(row));
});

test('a client that goes away leaves the same line in the log', async () => {
  const pair = await twins();
  for (let time = 0; time < 5; time += 1) await pair.ask(OWN);
  pair.set({ latencyMs: 10_000 });
  const { past, yoga } = await pair.leave(OWN, 200);
  expect(past).toEqual(yoga);
  expect(past).toMatchObject([{ errors: ['REQUEST_ABORTED'] }]);
});
