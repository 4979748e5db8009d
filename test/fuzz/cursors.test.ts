import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResult } from '../kit.ts';
import { createDice, type Dice } from './dice.ts';
import { searchTwice } from './held.ts';
import { HOSTILE_NUMBERS, HOSTILE_STRINGS } from './hostile-values.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';

const NOW = Date.UTC(2026, 10, 22, 13, 14, 15);
const kit = createKit({ sandbox: { messages: 120, clock: () => NOW }, now: () => NOW });
const { parent, active } = kit.sandbox.accounts;

/** Lists that differ in account, filter or kind, so that a cursor of one is invalid for the others. */
const LISTS = [
  'messages(PAGING)',
  'messages(filter: { status: [DELIVERED, FAILED] }, PAGING)',
  'messages(filter: { dateSent: { since: "2026-06-01T00:00:00Z" } }, PAGING)',
  `messages(accountSid: "${active.sid}", PAGING)`,
  'accounts(PAGING)',
] as const;

interface Place {
  readonly list: string;
  readonly cursor: string;
  readonly index: number;
}

async function read(list: string, paging: string): Promise<GraphQLResult & { text: string }> {
  const credential = list.includes(active.sid) ? { 'x-twilio-credential': 'sandbox-subaccount' } : {};
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(credential as Record<string, string>) },
    body: JSON.stringify({
      query: `{ list: ${list.replace('PAGING', paging)} { edges { cursor node { sid } } pageInfo { endCursor startCursor hasNextPage } } }`,
    }),
  });
  const text = await response.text();
  expect(faultsOf({ status: response.status, text }, paging), paging).toEqual([]);
  return { ...(JSON.parse(text) as GraphQLResult), text };
}

const sidsOf = ({ data }: GraphQLResult): string[] =>
  data.list.edges.map(({ node }: { node: { sid: string } }) => node.sid);

/** Every position of every list, as encoded on pages of three sizes. */
const rows = new Map<string, readonly string[]>();
const places: Place[] = [];
for (const list of LISTS) {
  rows.set(list, sidsOf(await read(list, 'first: 1000')));
  for (const size of [1000, 13, 1]) {
    for (let after = '', index = 0; index < (size === 1 ? 12 : 1_000); ) {
      const { data } = await read(list, `first: ${size}${after}`);
      for (const { cursor } of data.list.edges) {
        places.push({ list, cursor, index });
        index += 1;
      }
      if (!data.list.pageInfo.hasNextPage) break;
      after = `, after: "${data.list.pageInfo.endCursor}"`;
    }
  }
}
const place = fc.constantFrom(...places);
const anyList = fc.constantFrom(...LISTS);

describe('a cursor', () => {
  test('of any position of any list continues from there, forwards and backwards', {
    timeout: within(60_000),
  }, async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 40 }), async ({ list, cursor, index }, count) => {
        const all = rows.get(list) ?? [];
        expect(sidsOf(await read(list, `first: ${count}, after: "${cursor}"`))).toEqual(
          all.slice(index + 1, index + 1 + count),
        );
        expect(sidsOf(await read(list, `last: ${count}, before: "${cursor}"`))).toEqual(
          all.slice(Math.max(0, index - count), index),
        );
      }),
      runs(120),
    );
  });

  test('of another list is rejected', { timeout: within(60_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(place, anyList, async ({ list, cursor }, other) => {
        fc.pre(list !== other);
        expect(codesOf(await read(other, `first: 3, after: "${cursor}"`))).toEqual(['CURSOR_INVALID']);
      }),
      runs(150),
    );
  });

  test('that is forged or damaged is rejected, or leads to rows of its own list', {
    timeout: within(60_000),
  }, async () => {
    let rejected = 0;
    let answered = 0;
    await searchTwice(() =>
      fc.assert(
        fc.asyncProperty(place, fc.integer(), async ({ list, cursor }, seed) => {
          const damaged = damage(cursor, createDice(seed));
          const argument = JSON.stringify(damaged);
          const answer = await read(
            list,
            seed % 2 ? `first: 5, after: ${argument}` : `last: 5, before: ${argument}`,
          );
          if (answer.errors) {
            rejected += 1;
            expect(['CURSOR_INVALID', 'SCAN_LIMIT_REACHED']).toEqual(expect.arrayContaining(codesOf(answer)));
          } else {
            answered += 1;
            expect(rows.get(list)).toEqual(expect.arrayContaining(sidsOf(answer)));
          }
        }),
        runs(400),
      ),
    );
    expect(rejected).toBeGreaterThan(50);
    expect(answered).toBeGreaterThan(0);
  });

  test('that is arbitrary text is rejected', { timeout: within(60_000) }, async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one).toString('base64url'));
    const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(
        anyList,
        fc.oneof(fc.string(), bytes, json, fc.constantFrom(...HOSTILE_STRINGS)),
        async (list, text) => {
          fc.pre(text.isWellFormed());
          const codes = codesOf(await read(list, `first: 3, after: ${JSON.stringify(text)}`));
          // A string literal may contain characters that GraphQL's syntax does not allow.
          expect(codes).toHaveLength(1);
          expect(['CURSOR_INVALID', 'GRAPHQL_PARSE_FAILED']).toContain(codes[0]);
        },
      ),
      runs(250),
    );
  });
});

const codesOf = ({ errors = [] }: GraphQLResult) => errors.map(({ extensions }) => extensions.code);

/** Damages its characters, or one of the decoded fields; some of the latter stay valid. */
function damage(cursor: string, dice: Dice): string {
  if (dice.chance(0.3)) {
    const at = dice.int(cursor.length);
    return cursor.slice(0, at) + dice.pick(['', 'A', '_', '%', ' ', 'AA==']) + cursor.slice(at + dice.int(3));
  }
  const fields = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  const at = dice.int(fields.length);
  const other = JSON.parse(Buffer.from(dice.pick(places).cursor, 'base64url').toString()) as unknown[];
  fields[at] = dice.pick<unknown>([
    ...[null, [], {}, -1, dice.int(1_000), other[at], other[at], other[at]],
    ...[dice.pick(HOSTILE_STRINGS), dice.pick(HOSTILE_NUMBERS), `1:${dice.pick(HOSTILE_STRINGS)}`],
    ...[`SM${'f'.repeat(32)}`, `9:PASM${'0'.repeat(32)}`, `0:${parent.sid}`],
  ]);
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}
