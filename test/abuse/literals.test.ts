import { describe, expect, test } from 'vitest';
import { createKit } from '../kit.ts';

const kit = createKit({ sandbox: { messages: 5 } });
const messages = (args: string) => `{ messages(${args}) { nodes { sid } } }`;

test.each<[what: string, query: string, places: string[]]>([
  ['an argument', '{ account(sid: "AC12") { sid } }', ['sid']],
  ['an argument below', '{ account { message(sid: "x") { sid } } }', ['sid']],
  ['a field of an input', messages('filter: { to: "call me now, please" }'), ['filter.to']],
  ['a field below that', messages('filter: { dateSent: { on: "2026-02-30" } }'), ['filter.dateSent.on']],
  ['a date and time', messages('filter: { dateSent: { since: "yesterday" } }'), ['filter.dateSent.since']],
  ['a value that is not a string', messages('filter: { to: 15 }'), ['filter.to']],
  ['an enum', messages('filter: { status: LOST }'), ['filter.status']],
  ['an item of a list', messages('filter: { status: [SENT, LOST] }'), ['filter.status[1]']],
  ['a number', messages('first: "ten"'), ['first']],
  ['a default', 'query($s: AccountSid = "bad") { account(sid: $s) { sid } }', ['s']],
  ['a default of an input', `query($f: MessageFilter = { from: "," }) ${messages('filter: $f')}`, ['f.from']],
  ['a fragment', '{ ...F } fragment F on Query { message(sid: "x") { sid } }', ['sid']],
  [
    'several',
    `{ a: account(sid: "x") { sid } b: messages(filter: { to: ",", from: "," }) { nodes { sid } } }`,
    ['sid', 'filter.to', 'filter.from'],
  ],
  [
    'an input of a mutation',
    'mutation { addCredential(input: { nickname: "n", clientId: "c", clientSecret: "s", accountSid: "x" }) { id } }',
    ['input.accountSid'],
  ],
])('an error in %s of a literal query has the path in extensions.argument', async (_, query, places) => {
  for (let turn = 0; turn < 2; turn += 1) {
    const { errors } = await kit.query(query);
    expect(errors?.map(({ extensions }) => extensions.argument)).toEqual(places);
    for (const { extensions } of errors ?? []) {
      expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(extensions.code);
    }
  }
});

test('an error without an argument has no path', async () => {
  const { errors } = await kit.query('{ account { nothing } }');
  expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
});

describe('a day that does not exist', () => {
  test.each([
    ['2026-02-30', 'February 2026 has 28 days'],
    ['2024-02-30', 'February 2024 has 29 days'],
    ['2025-02-29', 'February 2025 has 28 days'],
    ['2026-04-31', 'April 2026 has 30 days'],
    ['2026-12-32', 'December 2026 has 31 days'],
    ['2026-12-00', 'December 2026 has 31 days'],
    ['2026-13-01', 'a year has 12 months'],
    ['2026-00-10', 'a year has 12 months'],
  ])('%s: %s', async (day, says) => {
    const filters = [
      { dateSent: { on: day } },
      { dateSent: { since: `${day}T00:00:00Z` } },
      { dateSent: { until: `${day}T23:59:59.999+02:00` } },
    ];
    for (const f of filters) {
      const inVariable = await kit.query(`query($f: MessageFilter) ${messages('filter: $f')}`, { f });
      const literal = JSON.stringify(f).replace(/"(\w+)":/g, '$1:');
      const inText = await kit.query(messages(`filter: ${literal}`));
      for (const { errors } of [inVariable, inText]) {
        expect(errors).toHaveLength(1);
        expect(errors?.[0]?.message).toContain(`This day does not exist: ${says}.`);
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    }
  });

  test('a value that is not in the form of a day gets the form in the error', async () => {
    for (const on of ['2026-2-3', 'tomorrow', '20260230', '2026-02-30x', '+1 212 555 0100']) {
      const { errors } = await kit.query(`query($f: MessageFilter) ${messages('filter: $f')}`, {
        f: { dateSent: { on } },
      });
      expect(errors?.[0]?.message).toMatch(/must be a day as YYYY-MM-DD, e\.g\. 2026-05-10\.$/);
    }
  });
});
