import { describe, expect, test } from 'vitest';
import { DEFAULT_HTTP, DEFAULT_LIMITS, type LimitSettings } from '../../src/config/limits.ts';
import { createKit } from '../kit.ts';

const kitWith = (limits: Partial<LimitSettings>) =>
  createKit({ config: { limits: { ...DEFAULT_LIMITS, ...limits } } });

/** Sends a query that must be rejected before any call to Twilio, as a legacy and as a current client. */
async function rejected(limits: Partial<LimitSettings>, query: string, variables: object = {}) {
  const kit = kitWith(limits);
  const statuses: number[] = [];
  let extensions: object | undefined;
  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: unknown; errors: { extensions: object }[] };
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
    statuses.push(response.status);
    extensions = errors[0]?.extensions;
  }
  expect(kit.sandbox.calls).toEqual([]);
  expect(statuses).toEqual([200, 400]);
  return extensions;
}

describe('rejected before any call, with limit and actual', () => {
  test('QUERY_TOO_COSTLY, in calls', async () => {
    const query = 'query($n: Int) { messages(first: $n) { nodes { media { sid } } } }';
    expect(await rejected({ maxQueryCalls: 20 }, query, { n: 20 })).toEqual({
      code: 'QUERY_TOO_COSTLY',
      measure: 'calls',
      limit: 20,
      actual: 21,
    });
    expect((await kitWith({ maxQueryCalls: 20 }).query(query, { n: 19 })).errors).toBeUndefined();
  });

  test('QUERY_TOO_COSTLY, in rows', async () => {
    const query = '{ messages(first: 51) { nodes { account { sid } } } }';
    expect(await rejected({ maxQueryRows: 101 }, query)).toEqual({
      code: 'QUERY_TOO_COSTLY',
      measure: 'rows',
      limit: 101,
      actual: 102,
    });
    expect((await kitWith({ maxQueryRows: 102 }).query(query)).errors).toBeUndefined();
  });

  test('TOO_MANY_ALIASES, including those in fragments', async () => {
    const query = 'query { a: viewer { ...F } b: viewer { ...F } } fragment F on Viewer { c: name }';
    expect(await rejected({ maxAliases: 3 }, query)).toEqual({
      code: 'TOO_MANY_ALIASES',
      limit: 3,
      actual: 4,
    });
    expect((await kitWith({ maxAliases: 4 }).query(query)).errors).toBeUndefined();
  });

  test('TOO_MANY_DIRECTIVES', async () => {
    const query = '{ viewer { name @skip(if: false) role @include(if: true) } }';
    expect(await rejected({ maxDirectives: 1 }, query)).toEqual({
      code: 'TOO_MANY_DIRECTIVES',
      limit: 1,
      actual: 2,
    });
    expect((await kitWith({ maxDirectives: 2 }).query(query)).errors).toBeUndefined();
  });

  test('TOO_MANY_FIELDS, with fragments expanded', async () => {
    const query = 'query { a: viewer { ...F } b: viewer { ...F } } fragment F on Viewer { name role }';
    expect(await rejected({ maxFields: 7 }, query)).toEqual({ code: 'TOO_MANY_FIELDS', limit: 7, actual: 8 });
    expect((await kitWith({ maxFields: 8 }).query(query)).errors).toBeUndefined();
  });

  const doubling = (levels: number, type: string, last: string) =>
    Array.from({ length: levels }, (_, level) => {
      const next = level + 1 === levels ? last : `...F${level + 1} ... on ${type} { ...F${level + 1} }`;
      return `fragment F${level} on ${type} { ${next} }`;
    }).join(' ');

  test.each([
    `{ messages { ...F0 } } ${doubling(60, 'MessageConnection', 'scannedCount')}`,
    `{ account { ...F0 } } ${doubling(60, 'TwilioAccount', 'sid')}`,
    `{ __schema { types { ...F0 } } } ${doubling(60, '__Type', 'name')}`,
  ])('TOO_MANY_FIELDS, with fragments that double the expanded fields (%#)', async (query) => {
    const kit = kitWith({});
    for (let times = 0; times < 4; times += 1) {
      const { errors } = await kit.query(query);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TOO_MANY_FIELDS']);
      expect(errors?.[0]?.extensions.actual).toBeGreaterThan(2 ** 59);
    }
  });

  test.each([
    ['lists', '{ nodes(ids: ', '[', ']', ') { id } }'],
    ['objects', '{ messages(filter: ', '{a:', '}', ') { pageInfo { endCursor } } }'],
    ['fragments', '{ viewer ', '{ ...', '}', ' }'],
    ['types', 'query($a: ', '[', ']', ') { __typename }'],
  ])('QUERY_TOO_DEEP and no other error: %s', async (_what, before, opening, closing, after) => {
    const kit = kitWith({ maxTokens: 100_000 });
    for (const levels of [195, 300, 3_000, 20_000]) {
      const query = before + opening.repeat(levels) + closing.repeat(levels) + after;
      const codes = (await kit.query(query)).errors?.map(({ extensions }) => extensions.code);
      if (levels === 195) expect(codes?.[0]).toMatch(/^GRAPHQL_(?:PARSE|VALIDATION)_FAILED$/);
      else expect(codes).toEqual(['QUERY_TOO_DEEP']);
    }
  });

  test('brackets in strings are not counted', async () => {
    const { errors } = await kitWith({}).query(
      'query($t: String) { messages(first: 1, filter: { bodyContains: $t }) { scannedCount } }',
      { t: '['.repeat(500) },
    );
    const literal = await kitWith({}).query(
      `{ messages(first: 1, filter: { bodyContains: "${'['.repeat(500)}" }) { scannedCount } }`,
    );
    expect([errors, literal.errors]).toEqual([undefined, undefined]);
  });

  test('TOO_MANY_TOKENS, also when repeated', async () => {
    const query = '{ viewer { name role } }';
    expect(await rejected({ maxTokens: 6 }, query)).toEqual({ code: 'TOO_MANY_TOKENS', limit: 6, actual: 7 });
    expect((await kitWith({ maxTokens: 7 }).query(query)).errors).toBeUndefined();
  });

  test('a syntax error stays a syntax error', async () => {
    const { errors } = await kitWith({}).query('{ viewer { name ');
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
  });
});

test('a list of operations: BATCH_TOO_LARGE', async () => {
  const kit = createKit();
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array(3).fill({ query: '{ account { sid } }' })),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    errors: [expect.objectContaining({ extensions: { code: 'BATCH_TOO_LARGE', limit: 1, actual: 3 } })],
  });
  expect(kit.sandbox.calls).toEqual([]);
});

test('the cost is reported only on request', async () => {
  const kit = createKit();
  const query = '{ messages(first: 50) { nodes { account { sid } } } }';
  const told = await kit.query(query, {}, { 'x-query-cost': '1' });
  expect(told).toMatchObject({ extensions: { cost: { calls: 2, rows: 100, upstreamCalls: 2 } } });
  expect(await kit.query(query)).not.toHaveProperty('extensions');
});

describe('a hidden schema', () => {
  const closed = (http: object) => createKit({ config: { http: { ...DEFAULT_HTTP, ...http } } });

  test('introspection: INTROSPECTION_DISABLED; __typename is allowed', async () => {
    const kit = closed({ introspection: false });
    for (const query of [
      '{ __schema { types { name } } __type(name: "Query") { name } }',
      '{ a: __type(name: "Query") { name } }',
    ]) {
      const { data, errors } = await kit.query(query);
      expect(data).toBeUndefined();
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INTROSPECTION_DISABLED']);
    }
    expect(await kit.query('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect((await closed({}).query('{ __type(name: "Query") { name } }')).errors).toBeUndefined();
  });

  const typos: [query: string, variables: object][] = [
    ['{ acount { sid } }', {}],
    ['{ account { sidd } }', {}],
    ['{ account(sidd: "x") { sid } }', {}],
    ['{ messages(filter: { statuss: [FAILED] }) { nodes { sid } } }', {}],
    ['{ messages(filter: { status: [FAILE] }) { nodes { sid } } }', {}],
    ['{ node(id: "x") { ... on Mesage { sid } } }', {}],
    ['query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }', { f: { statuss: [] } }],
    ['query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }', { f: { status: ['FAILE'] } }],
  ];

  test.each(typos)('no suggestions: %s %j', async (query, variables) => {
    const open = await closed({}).query(query, variables);
    expect(JSON.stringify(open.errors)).toContain('Did you mean');
    const { errors } = await closed({ suggestions: false }).query(query, variables);
    expect(errors).toHaveLength(open.errors?.length ?? 0);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  });

  test('GraphiQL is not served, and nothing links to it', async () => {
    const kit = closed({ graphiql: false });
    const get = (path: string) =>
      kit.gateway.fetch(`http://localhost${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    const response = await get('/graphql');
    expect([response.status, await response.text()]).toEqual([
      406,
      expect.stringContaining('"NOT_ACCEPTABLE"'),
    ]);
    expect(await (await get('/')).text()).not.toContain('GraphiQL');
  });
});

describe('trusted documents only', () => {
  const send = async (body: object) => {
    const kit = createKit({ config: { http: { ...DEFAULT_HTTP, trustedDocumentsOnly: true } } });
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown>, kit };
  };

  test('a trusted document is executed by its documentId', async () => {
    const { answer } = await send({ documentId: 'RetrieveAccount' });
    expect(answer).toEqual({ data: { account: expect.objectContaining({ friendlyName: 'Northwind' }) } });
  });

  test.each([
    { query: '{ account { sid } }' },
    { query: '{ __schema { types { name } } }' },
    { query: '{ account { sid } }', documentId: 'RetrieveAccount' },
    { query: '__PERSISTED_OPERATION_RetrieveAccount__' },
  ])('a query is rejected: %j', async (body) => {
    const { status, answer, kit } = await send(body);
    expect(status).toBe(403);
    expect(answer).toEqual({
      errors: [
        {
          message: expect.stringContaining(
            'ListAccounts, ListCredentials, ListMessages, MessageStats, RetrieveAccount, RetrieveMessage',
          ),
          extensions: { code: 'DOCUMENT_NOT_TRUSTED' },
        },
      ],
    });
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('an unknown name is rejected', async () => {
    const { status, answer } = await send({ documentId: 'DeleteAll' });
    expect([status, answer]).toEqual([
      404,
      { errors: [expect.objectContaining({ extensions: { code: 'OPERATION_UNKNOWN' } })] },
    ]);
  });
});
