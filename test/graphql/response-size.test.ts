import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type LimitSettings } from '../../src/config/limits.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { schema } from '../../src/schema/index.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { createKit, type Kit, noErrors } from '../kit.ts';

const kitWith = (limits: Partial<LimitSettings> = {}) =>
  createKit({ config: { limits: { ...DEFAULT_LIMITS, ...limits } } });

const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, number) => `a${number}: ${field}`).join(' ');

const ACCEPTED = ['application/json', 'application/graphql-response+json'];

async function post({ gateway }: Kit, query: string, accept = 'application/json') {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

/** Enough repetitions for the query to be compiled. */
const ROUNDS = 6;

describe('a response that is too large', () => {
  test.each([
    ['nested rows under aliases', 220, 220, aliases(99, 'body')],
    ['small values', 220, 220, aliases(99, '__typename')],
    ['only rows', 220, 220, 'sid from to status'],
  ])('is rejected before any call: %s', async (_what, outer, inner, fields) => {
    const kit = kitWith();
    const query = `{ messages(first: ${outer}) { nodes { account { messages(first: ${inner}) { nodes { ${fields} } } } } } }`;
    const { body } = await post(kit, query);
    expect(body).toEqual({
      errors: [
        expect.objectContaining({
          extensions: expect.objectContaining({ code: 'QUERY_TOO_COSTLY', measure: 'values' }),
        }),
      ],
    });
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('is not sent, interpreted or compiled, and a smaller one is', async () => {
    const kit = kitWith({ maxResponseBytes: 20_000 });
    const page = (first: number) => `{ messages(first: ${first}) { nodes { ${aliases(9, 'body')} } } }`;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const accept of ACCEPTED) {
        const { status, body } = await post(kit, page(100), accept);
        expect(status).toBe(200);
        expect(body).toEqual({
          data: null,
          errors: [
            {
              message: expect.stringMatching(/more than 20000 bytes/),
              extensions: { code: 'RESPONSE_TOO_LARGE', limit: 20_000, actual: 20_001 },
            },
          ],
        });
      }
      noErrors((await post(kit, page(5))).body);
    }
  });

  test.each([
    ['ASCII', 'x'],
    ['two bytes', 'é'],
    ['surrogate pairs', '😀'],
    ['escaped', '\u0001'],
    ['quotes', '"'],
  ])('is measured exactly: %s', async (_what, character) => {
    const sandbox = createSandbox({ messages: 0 });
    const body = character.repeat(800);
    for (let count = 0; count < 10; count += 1) sandbox.addMessage('parent', { body });
    const query = `{ messages(first: 10) { nodes { numMedia ${aliases(5, 'body')} } } }`;
    const at = (maxResponseBytes: number) =>
      createKit({ over: sandbox, config: { limits: { ...DEFAULT_LIMITS, maxResponseBytes } } });
    const { text } = await post(at(10_000_000), query);
    const bytes = Buffer.byteLength(text);
    expect(bytes).toBeGreaterThan(10 * 5 * 800);
    for (let round = 0; round < 2; round += 1) {
      expect((await post(at(bytes), query)).body.errors).toBeUndefined();
      expect((await post(at(bytes - 1), query)).body.errors[0].extensions.code).toBe('RESPONSE_TOO_LARGE');
    }
  });

  test('a long alias is part of the size', async () => {
    const kit = kitWith();
    const { text } = await post(kit, `{ messages(first: 500) { nodes { ${'x'.repeat(100_000)}: sid } } }`);
    expect(text.length).toBeLessThan(1_000);
    expect(text).toContain('RESPONSE_TOO_LARGE');
  });

  test('many credentials count accordingly', async () => {
    const sandbox = createSandbox({ messages: 10 });
    const [app] = sandbox.apps;
    if (!app) throw new Error('The sandbox has apps.');
    const settings = Array.from({ length: 300 }, (_, number) => ({
      ...app,
      nickname: `n${number}`,
      clientId: `OQ${String(number).padStart(32, '0')}`,
    }));
    const kit = createKit({ over: sandbox, store: createFixedStore(settings) });
    const query = `{ credentials { accounts(first: 50) { nodes { ${aliases(20, 'sid')} } } } }`;
    expect((await kit.query(query)).errors?.[0]?.extensions).toMatchObject({
      code: 'QUERY_TOO_COSTLY',
      measure: 'values',
    });
    expect(kit.sandbox.calls).toEqual([]);
  });
});

describe('introspection', () => {
  const whole = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const ordinary = {
    GraphiQL: whole,
    'code generators': getIntrospectionQuery(),
    short: getIntrospectionQuery({ descriptions: false }),
  };

  test.each(Object.entries(ordinary))('as sent by tools is allowed: %s', async (_tool, query) => {
    const kit = kitWith();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { data } = noErrors((await post(kit, query)).body);
      expect(Object.keys(buildClientSchema(data as IntrospectionQuery).getTypeMap()).sort()).toEqual(
        Object.keys(schema.getTypeMap()).sort(),
      );
    }
  });

  test.each([
    [
      'aliases of the schema',
      `{ ${aliases(50, '__schema { types { name description fields { name description } } }')} }`,
    ],
    [
      'aliases within',
      `{ __schema { ${aliases(50, 'types { name description fields { name description } }')} } }`,
    ],
    ['aliases of a text', `{ __schema { types { fields { ${aliases(90, 'description')} } } } }`],
    [
      'types of fields of types',
      `{ __schema { types { fields { ${aliases(9, 'type { description fields { description args { description } } enumValues { description } }')} } } } }`,
    ],
    [
      'types by name',
      `{ ${aliases(90, '__type(name: "Query") { fields { description args { description type { description } } } }')} }`,
    ],
    [
      'types by a name in a variable',
      `query($n: String = "Query") { ${aliases(90, '__type(name: $n) { fields { description args { description type { description } } } }')} }`,
    ],
    [
      'fragments',
      `query { ${aliases(50, '__schema { ...S }')} } fragment S on __Schema { types { ...T } } fragment T on __Type { description fields { description } }`,
    ],
  ])('that repeats the schema is rejected: %s', async (_what, query) => {
    const kit = kitWith({ maxAliases: 1_000 });
    const { text, body } = await post(kit, query);
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', measure: 'schemaBytes' });
    expect(text.length).toBeLessThan(1_000);
  });

  test('costs its size in bytes', async () => {
    const kit = kitWith();
    const { data, extensions } = (await kit.query(whole, {}, { 'x-query-cost': '1' })) as unknown as {
      data: object;
      extensions: { cost: { schemaBytes: number } };
    };
    const bytes = Buffer.byteLength(JSON.stringify(data));
    expect(extensions.cost.schemaBytes / bytes).toBeGreaterThan(0.95);
    expect(extensions.cost.schemaBytes / bytes).toBeLessThan(1.2);
  });

  test('of one type, next to other fields, is allowed', async () => {
    const kit = kitWith();
    const { data } = noErrors(
      await kit.query('query($n: String!) { __type(name: $n) { name fields { name } } viewer { name } }', {
        n: 'Message',
      }),
    );
    expect(data.__type.name).toBe('Message');
  });
});
