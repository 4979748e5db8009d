import { describe, expect, test } from 'vitest';
import { listening } from '../http/kit.ts';
import { type Kit, noErrors } from '../kit.ts';

const KIB = 1024;
/** Far below the time of coercing each of the values, far above the time on a slow machine. */
const SHORT_MS = 5_000;

const list = <T>(count: number, of: (number: number) => T) => Array.from({ length: count }, (_, n) => of(n));
const keys = (count: number, of = (number: number) => `k${number}`) =>
  Object.fromEntries(list(count, (number) => [of(number), 1]));
const nested = (depth: number): unknown => list(depth, String).reduce<unknown>((inner) => [inner], 1);

const FILTERED = 'query($filter: MessageFilter) { messages(first: 1, filter: $filter) { nodes { sid } } }';
const DATED =
  'query($dateSent: DateSentFilter) { messages(filter: { dateSent: $dateSent }) { nodes { sid } } }';

type Listening = Awaited<ReturnType<typeof listening>>;

/** Sends a request while /health is polled, and returns the slowest duration of both. */
async function attack({ post, url }: Listening, body: object) {
  let slowest = 0;
  let done = false;
  const probing = (async () => {
    while (!done) {
      const began = performance.now();
      await (await fetch(`${url}/health`)).text();
      slowest = Math.max(slowest, performance.now() - began);
    }
  })();
  const began = performance.now();
  const response = await post(body);
  const text = await response.text();
  const took = performance.now() - began;
  done = true;
  await probing;
  return {
    took,
    slowest,
    text,
    errors: JSON.parse(text).errors as { message: string; extensions: object }[],
  };
}

/** Repeats a query until it is compiled. */
async function compile({ query }: Pick<Kit, 'query'>, text: string) {
  for (let times = 0; times < 5; times += 1) noErrors(await query(text));
}

describe.each([{ compiled: false }, { compiled: true }])(
  'hostile variables, compiled: $compiled',
  ({ compiled }) => {
    test.each<[string, object, object]>([
      [
        '4,000 unknown keys in dateSent',
        { query: DATED, variables: { dateSent: keys(4_000) } },
        { measure: 'keys' },
      ],
      [
        'unknown keys as long as they may be',
        { query: DATED, variables: { dateSent: keys(200, (number) => `${'k'.repeat(500)}${number}`) } },
        { code: 'BAD_USER_INPUT' },
      ],
      ['20,000 unknown keys', { query: DATED, variables: { dateSent: keys(20_000) } }, { measure: 'keys' }],
      [
        'unknown keys in the items of a list',
        { query: FILTERED, variables: { filter: { dateSent: list(100, () => keys(150)) } } },
        { code: 'INPUT_TOO_LARGE', measure: 'bytes' },
      ],
      [
        '60,000 invalid error codes',
        { query: FILTERED, variables: { filter: { errorCode: list(60_000, () => 'x') } } },
        { code: 'INPUT_TOO_LARGE', measure: 'items', limit: 1_000, argument: 'variables' },
      ],
      [
        '1,000 invalid error codes',
        { query: FILTERED, variables: { filter: { errorCode: list(1_000, (number) => `x${number}`) } } },
        { code: 'BAD_USER_INPUT' },
      ],
      [
        '20,000 variables nobody has declared',
        { query: FILTERED, variables: keys(20_000) },
        { measure: 'keys' },
      ],
      ['nested lists', { query: FILTERED, variables: { filter: nested(2_000) } }, { measure: 'levels' }],
      [
        'a long text',
        { query: FILTERED, variables: { filter: { bodyContains: 'x'.repeat(130 * KIB) } } },
        { measure: 'bytes', limit: 128 * KIB },
      ],
      [
        'a long text in the place of a number',
        { query: FILTERED, variables: { filter: { errorCode: 'x'.repeat(100 * KIB) } } },
        { code: 'BAD_USER_INPUT' },
      ],
      [
        'extensions',
        { query: '{ viewer { name } }', extensions: { list: list(60_000, () => 1) } },
        { measure: 'items', argument: 'extensions' },
      ],
    ])('%s', async (_what, body, extensions) => {
      const kit = await listening();
      if (compiled) await compile(kit, (body as { query: string }).query);
      kit.sandbox.clearCalls();
      const { took, slowest, text, errors } = await attack(kit, body);
      expect(errors).toHaveLength(1);
      expect(errors[0]?.extensions).toMatchObject(extensions);
      expect(text.length).toBeLessThan(4 * KIB);
      expect(took).toBeLessThan(SHORT_MS);
      expect(slowest).toBeLessThan(SHORT_MS);
      expect(kit.sandbox.calls).toEqual([]);
    });
  },
);

test('the first error in a variable has its path and reason, however long the value', async () => {
  const kit = await listening();
  const { errors } = await kit.query(DATED, {
    dateSent: keys(100, (number) => `${'k'.repeat(100)}${number}`),
  });
  expect(errors?.[0]?.message).toMatch(/^Variable "\$dateSent" got invalid value .*…/);
  expect(errors?.[0]?.message).toMatch(/is not defined by type "DateSentFilter"\.$/);
});

test.each([
  ['a list', `{ messages(filter: { errorCode: [${'1 '.repeat(1_500)}] }) { nodes { sid } } }`, 'items'],
  ['an object', `{ messages(filter: { ${'hasMedia: true '.repeat(300)} }) { nodes { sid } } }`, 'keys'],
  [
    'nesting',
    `query($f: MessageFilter = { errorCode: ${'['.repeat(50)}${']'.repeat(50)} }) { messages(filter: $f) { nodes { sid } } }`,
    'levels',
  ],
])('%s in a literal query has the same limits', async (_what, query, measure) => {
  const kit = await listening();
  const { errors } = await kit.query(query);
  expect(errors?.map(({ extensions }) => extensions)).toContainEqual(
    expect.objectContaining({ code: 'INPUT_TOO_LARGE', measure, argument: 'query' }),
  );
});

test('a value within the limits is accepted', async () => {
  const kit = await listening();
  const filter = { errorCode: list(1_000, (number) => number), status: ['FAILED'] };
  noErrors(await kit.query(FILTERED, { filter }));
});

const LONG = 'x'.repeat(60 * KIB);

test.each([
  ['an unknown field', `{ ${LONG} }`],
  ['unknown fields', `{ ${list(300, (number) => `field${number}`).join(' ')} }`],
  ['an unknown fragment', `{ ...${LONG} }`],
  ['a repeated name', `query { ${list(40, () => `...${'x'.repeat(KIB)}`).join(' ')} }`],
  ['conflicting fields', `{ viewer { ${list(60, (n) => `a: ${n % 2 ? 'name' : 'role'}`).join(' ')} } }`],
  ['a string instead of a number', `{ messages(first: "${LONG}") { nodes { sid } } }`],
  ['an unknown operation', `query A { viewer { name } } query B { viewer { name } }`, LONG],
  ['an undeclared variable', `{ messages(first: $${LONG}) { nodes { sid } } }`],
  ['invalid GraphQL', `{ viewer { name } ${'}'.repeat(100)} "${LONG}`],
])('an error body is small: %s', async (_what, query, operationName?: string) => {
  const kit = await listening();
  const response = await kit.post({ query, operationName });
  const text = await response.text();
  expect(JSON.parse(text).errors.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(6 * KIB);
});

test.each([
  ['x-twilio-credential', LONG.slice(0, 12 * KIB)],
  ['authorization', `Bearer ${LONG.slice(0, 12 * KIB)}`],
  ['accept', LONG.slice(0, 12 * KIB)],
])('an error body is small: the header %s', async (name, value) => {
  const kit = await listening();
  const response = await kit.post({ query: '{ account { sid } }' }, { [name]: value });
  expect((await response.text()).length).toBeLessThan(6 * KIB);
});
