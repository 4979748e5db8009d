import { type DocumentNode, type GraphQLObjectType, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { requestOf, WORKLOADS } from '../../bench/harness/workloads.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createQueryCosts } from '../../src/graphql/query-cost.ts';
import { schema } from '../../src/schema/index.ts';
import { createKit, noErrors } from '../kit.ts';

const AC = `AC${'0'.repeat(32)}`;
const SM = `SM${'0'.repeat(32)}`;

const costs = createQueryCosts({ schema, scanBudget: 5_000, ...DEFAULT_LIMITS });
const functionOf = (document: DocumentNode, operationName?: string) => {
  const operation = getOperationAST(document, operationName);
  return operation ? costs.functionOf(document, operation) : () => undefined;
};
const cost = (query: string, variables: object = {}, operationName?: string) =>
  functionOf(parse(query), operationName)(variables as Record<string, unknown>);

describe('the cost of a query, in calls and rows', () => {
  const cases: [what: string, query: string, calls: number, rows: number][] = [
    ['nothing from Twilio', '{ viewer { name } __typename }', 0, 0],
    ['the schema', '{ __schema { types { name } } }', 0, 0],
    ['a page', '{ messages(first: 20) { nodes { sid } pageInfo { hasNextPage } } }', 1, 20],
    ['a page of the default size', '{ messages { nodes { sid } } }', 1, 50],
    ['edges as nodes', '{ messages(first: 20) { edges { node { sid } } } }', 1, 20],
    ['a next page', '{ messages(first: 20, after: "x") { nodes { sid } } }', 2, 20],
    [
      'a scan that goes on',
      '{ messages(after: "x", filter: { hasMedia: true }) { nodes { sid } } }',
      6,
      5_000,
    ],
    ['a previous page of accounts', '{ accounts(last: 3, before: "x") { nodes { sid } } }', 2, 3],
    ['a previous page', '{ messages(last: 20, before: "x") { nodes { sid } } }', 2, 20],
    ['a size that will be rejected', '{ messages(first: 100000) { nodes { sid } } }', 1, 1_000],
    ["Twilio's filters", '{ messages(first: 5, filter: { to: "+14155550100" }) { nodes { sid } } }', 1, 5],
    ['a scan', '{ messages(first: 5, filter: { status: [FAILED] }) { nodes { sid } } }', 5, 5_000],
    [
      'conditions that are none',
      '{ messages(first: 5, filter: { status: [], bodyContains: "" }) { nodes { sid } } }',
      1,
      5,
    ],
    ['the account of each message', '{ messages(first: 50) { nodes { account { sid } } } }', 2, 100],
    ['the media of each message', '{ messages(first: 50) { nodes { media { sid } } } }', 51, 100],
    [
      'one message with media and account',
      `{ message(sid: "${SM}") { media { sid } account { sid } } }`,
      3,
      3,
    ],
    ['aliases', `{ a: message(sid: "${SM}") { sid } b: message(sid: "${SM}") { sid } }`, 2, 2],
    ['accounts', '{ accounts(first: 10) { nodes { sid } } }', 1, 10],
    [
      'messages of each account',
      '{ accounts(first: 10) { nodes { messages(first: 5) { nodes { sid } } } } }',
      11,
      60,
    ],
    [
      'a scan of each account',
      '{ accounts(first: 10) { nodes { messages(filter: { hasMedia: false }) { nodes { sid } } } } }',
      51,
      50_010,
    ],
    [
      'the owner of each subaccount',
      '{ account { ... on Account { subaccounts(first: 9) { nodes { owner { sid } } } } } }',
      2,
      19,
    ],
    [
      'the same list in lists of a list',
      '{ messages(first: 100) { nodes { account { messages(first: 100) { nodes { sid } } } } } }',
      3,
      10_200,
    ],
    ['nodes by id', '{ nodes(ids: ["a", "b", "c"]) { ... on Message { account { sid } } } }', 6, 6],
    [
      'fragments',
      'query { messages(first: 3) { ...F } } fragment F on MessageConnection { nodes { media { sid } } }',
      4,
      6,
    ],
    ['credentials and their accounts', '{ credentials { account { sid } } }', 5, 5],
    [
      'a check',
      `mutation { checkCredential(input: { clientId: "a", clientSecret: "b" }) { accountSid } }`,
      7,
      0,
    ],
  ];

  test.each(cases)('%s', (_what, query, calls, rows) => {
    expect(cost(query)).toMatchObject({ calls, rows });
  });

  test('uses the variables and the selected operation', () => {
    const query =
      'query A($n: Int = 7) { messages(first: $n) { nodes { sid } } } query B { accounts(first: 2) { nodes { sid } } }';
    expect(cost(query, {}, 'A')).toMatchObject({ calls: 1, rows: 7 });
    expect(cost(query, { n: 9 }, 'A')).toMatchObject({ calls: 1, rows: 9 });
    expect(cost(query, {}, 'B')).toMatchObject({ calls: 1, rows: 2 });
  });

  test('ignores an id that cannot be decoded', () => {
    const scan = 'messages(filter: { hasMedia: true }) { nodes { sid } }';
    const judged = { calls: 6, rows: 5_001 };
    expect(cost(`{ node(id: "x") { id } ${scan} }`)).toMatchObject(judged);
    expect(cost(`{ node(id: 5) { id } ${scan} }`)).toMatchObject(judged);
    expect(cost(`query($id: ID = "x") { node(id: $id) { id } ${scan} }`)).toMatchObject(judged);
    expect(cost(`query($id: ID!) { node(id: $id) { id } ${scan} }`, { id: 'x' })).toMatchObject(judged);
    expect(cost(`query($ids: [ID!]!) { nodes(ids: $ids) { id } ${scan} }`, { ids: ['x'] })).toMatchObject(
      judged,
    );
    expect(cost(`query($id: ID!) { nodes(ids: [$id]) { id } ${scan} }`, { id: 'x' })).toMatchObject(judged);
    expect(cost(`query($ids: [ID!]!) { nodes(ids: $ids) { id } ${scan} }`, { ids: 'x' })).toMatchObject(
      judged,
    );
  });

  test('is not reported for an invalid query', () => {
    expect(cost('query($sid: MessageSid!) { message(sid: $sid) { sid } }', { sid: 'nope' })).toBeUndefined();
    expect(cost('query A { __typename } query B { __typename }')).toBeUndefined();
  });

  test('is computed again for each shape of the variables, and not for unknown variables', () => {
    const document = parse(
      'query($n: Int, $f: MessageFilter) { messages(first: $n, filter: $f) { nodes { sid } } }',
    );
    const of = functionOf(document);
    expect(of({ n: 5 })).toMatchObject({ calls: 1, rows: 5 });
    expect(of({ n: 5, f: { to: '+14155550100' } })).toMatchObject({ calls: 1, rows: 5 });
    expect(of({ n: 5, f: { status: ['FAILED'] } })).toMatchObject({ calls: 5, rows: 5_000 });
    expect(of({ n: 5, f: { status: [] } })).toMatchObject({ calls: 1, rows: 5 });
    expect(of({ n: 1_000 })).toMatchObject({ calls: 1, rows: 1_000 });
    expect(of({ n: 1, 'x:s,n': 1_000 })).toMatchObject({ calls: 1, rows: 1 });
    expect(of({ 'n:1,x': 's', n: 1_000 })).toMatchObject({ calls: 1, rows: 1_000 });
    expect(of({ n: 5 })).toBe(of({ n: 5 }));
    const many = {
      n: 5,
      ...Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`v${index}`, 'x'])),
    };
    expect(of(many)).toEqual(of({ n: 5 }));
    expect(of(many)).not.toBe(of(many));
  });
});

test('a field whose argument is null although it must not be costs nothing, and the others are still charged', () => {
  const query = `query($sid: MessageSid = "${SM}") { message(sid: $sid) { sid } messages(first: 7) { nodes { sid } } }`;
  expect(cost(query, { sid: null })).toMatchObject({ calls: 1, rows: 7 });
  expect(cost(query)).toMatchObject({ calls: 2 });
});

describe('the values of a query', () => {
  const valuesOf = (query: string, credentials?: number) =>
    functionOf(parse(query))({}, credentials)?.values ?? 0;
  const aliases = (count: number, field: string) =>
    Array.from({ length: count }, (_, number) => `a${number}: ${field}`).join(' ');
  const page = (first: number, fields: string) => `{ messages(first: ${first}) { nodes { ${fields} } } }`;

  test('are rows times fields, including aliases and __typename', () => {
    const one = valuesOf(page(100, 'body'));
    expect(valuesOf(page(100, aliases(50, 'body'))) - one).toBe(100 * 49);
    expect(valuesOf(page(100, aliases(50, '__typename'))) - one).toBe(100 * 49);
    expect(valuesOf(page(200, 'body')) - one).toBeGreaterThanOrEqual(100);
  });

  test.each<[string, string, number]>([
    [
      'list within list',
      page(20, `account { messages(first: 30) { nodes { ${aliases(9, 'body')} } } }`),
      20 * 30 * 9,
    ],
    ['edges', `{ messages(first: 20) { edges { ${aliases(9, 'cursor')} } } }`, 20 * 9],
    ['nodes', `{ nodes(ids: [${'"x" '.repeat(40)}]) { ... on Message { ${aliases(9, 'body')} } } }`, 40 * 9],
    ['aliased lists', `{ messages(first: 50) { ${aliases(20, 'nodes { body }')} } }`, 50 * 20],
    ['media', page(20, `media { ${aliases(9, 'sid')} }`), 20 * 10 * 9],
    [
      'fragments within fragments',
      `query { messages(first: 50) { nodes { a: delivery { ...D } ...F ...F } } }
       fragment F on Message { b: delivery { ...D } c: delivery { ...D } }
       fragment D on Delivery { ${aliases(9, 'outcome')} }`,
      50 * 3 * 9,
    ],
    ['keys and their credentials', `{ apiKeys { credentials { ${aliases(9, 'nickname')} } } }`, 100 * 5 * 9],
  ])('include nested fields: %s', (_what, query, atLeast) => {
    expect(valuesOf(query)).toBeGreaterThanOrEqual(atLeast);
    expect(valuesOf(query)).toBeLessThan(30 * atLeast);
  });

  test('include the credentials the caller may use', () => {
    const query = `{ credentials { accounts(first: 10) { nodes { ${aliases(9, 'sid')} } } } }`;
    expect(valuesOf(query, 200)).toBeGreaterThanOrEqual(200 * 10 * 9);
    expect(valuesOf(query, 200)).toBeGreaterThan(30 * valuesOf(query, 1));
  });

  test('of a whole page with all fields and the account are below the limit', () => {
    const message = schema.getType('Message') as GraphQLObjectType;
    const names = Object.keys(message.getFields());
    const plain = names.filter((name) => !['account', 'media', 'delivery'].includes(name)).join(' ');
    const whole = cost(page(1_000, `${plain} delivery { outcome isFinal } account { friendlyName }`));
    if (!whole) throw new Error('The query has a cost.');
    expect(() => costs.check(whole)).not.toThrow();
  });
});

test('an estimate is never lower than the actual calls', async () => {
  const kit = createKit({ sandbox: { messages: 1_500 } });
  const queries = [
    '{ messages(first: 30) { nodes { media { sid } account { friendlyName } } } }',
    '{ messages(first: 3, filter: { errorCode: [1] }) { nodes { sid } } account { sid } }',
    '{ accounts { nodes { sid ... on Account { subaccounts { nodes { owner { sid } } } } } } }',
    '{ credentials { permissions { granted } account { friendlyName } accounts { nodes { sid } } } }',
  ];
  for (const query of queries) {
    kit.sandbox.clearCalls();
    const response = noErrors(await kit.query(query, {}, { 'x-query-cost': '1' }));
    const { calls, upstreamCalls } = (response as unknown as { extensions: { cost: Record<string, number> } })
      .extensions.cost;
    const made = kit.sandbox.calls.filter(({ path }) => path.startsWith('/2010-04-01/')).length;
    expect(upstreamCalls, query).toBe(made);
    expect(calls, query).toBeGreaterThanOrEqual(made);
  }
});

test.each(WORKLOADS)("the benchmark's queries are far below the limits: %s", (workload) => {
  const { query, variables } = JSON.parse(
    requestOf(workload, 'gateway').body.replaceAll('{tail}', '0'.repeat(24)),
  );
  const document = parse(query.replaceAll('{index}', '0'));
  const found = functionOf(document)({ ...variables, account: AC });
  expect(found?.calls).toBeLessThan(50);
  if (found) costs.check(found);
});
