import { describe, expect, test } from 'vitest';
import { createKit } from '../kit.ts';

const ROUNDS = 6;

/** Enough repetitions to compile a query: the first results are interpreted, the last ones compiled. */
describe('compiled code returns the same as the interpreter', () => {
  const kit = createKit({ sandbox: { messages: 60 } });
  const { suspended } = kit.sandbox.accounts;
  const everyField = `{
    account { __typename id sid friendlyName status type hasCredential dateCreated
      ... on Account { subaccounts(first: 2) { nodes { id sid owner { sid } } pageInfo { hasNextPage } } } }
    messages(first: 20) { edges { cursor node { ...M } } pageInfo { endCursor hasPreviousPage } scannedCount }
    credentials { nickname permissions { permission granted } }
  }
  fragment M on Message { id sid body from to direction channel status price priceUnit numMedia dateSent
    delivery { outcome isFinal error { code title documentationUrl } } media { contentType } account { friendlyName } }`;

  test.each<[string, string, object]>([
    ['every kind of field', everyField, {}],
    [
      'a field that fails beside one that does not',
      `{ a: messages(accountSid: "${suspended.sid}") { nodes { sid } } account { sid } }`,
      {},
    ],
    [
      'an error inside a fragment',
      `query { ...F } fragment F on Query { b: account(sid: "${suspended.sid}") { sid } }`,
      {},
    ],
    ['a null', '{ message(sid: "SM00000000000000000000000000000000") { sid } }', {}],
    [
      'variables with defaults',
      'query($n: Int = 2, $f: MessageFilter) { messages(first: $n, filter: $f) { nodes { sid } } }',
      { f: { status: ['DELIVERED'] } },
    ],
    [
      '@skip and @include',
      'query($s: Boolean!) { account { sid @skip(if: $s) friendlyName @include(if: $s) } }',
      { s: true },
    ],
    [
      'a variable that is rejected',
      'query($f: MessageFilter) { messages(filter: $f) { nodes { sid } } }',
      { f: { to: 'call me now, please' } },
    ],
    [
      'a variable of the wrong type',
      'query($n: Int) { messages(first: $n) { nodes { sid } } }',
      { n: 'ten' },
    ],
    ['an argument out of range', 'query($n: Int) { messages(first: $n) { nodes { sid } } }', { n: 5_000 }],
  ])('%s', async (_what, query, variables) => {
    const responses = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      responses.push(JSON.stringify(await kit.query(query, variables)).replaceAll(/RQ[0-9a-f]{32}/g, 'RQ'));
    }
    expect(responses.slice(1)).toEqual(Array(ROUNDS - 1).fill(responses[0]));
  });
});

test('a required variable with a default is optional, before and after compilation', async () => {
  const kit = createKit();
  const { sid } = kit.sandbox.accounts.parent;
  const query = `query($sid: AccountSid! = "${sid}") { account(sid: $sid) { sid } }`;
  for (let time = 0; time < 5; time += 1) {
    expect(await kit.query(query)).toEqual({ data: { account: { sid } } });
  }
});

test('an error has all locations of its field, compiled or not', async () => {
  const kit = createKit();
  const sid = kit.sandbox.accounts.suspended.sid;
  const query = `{ viewer { name } viewer { defaultCredential { account(sid: "${sid}") { sid } } } }`;
  const responses = [];
  for (let time = 0; time < 5; time += 1) responses.push((await kit.query(query)).errors?.[0]?.locations);
  expect(responses[0]).toHaveLength(1);
  expect(responses).toEqual(Array(5).fill(responses[0]));
});
