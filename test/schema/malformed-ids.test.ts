import { describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { createKit, type GraphQLResult, noErrors } from '../kit.ts';

const kit = createKit({ sandbox: { messages: 20 } });
const { parent } = kit.sandbox.accounts;
const { data: known } = noErrors(
  await kit.query('{ account { id } messages(first: 1) { nodes { id } } credentials { id } }'),
);
const ACCOUNT: string = known.account.id;
const MESSAGE: string = known.messages.nodes[0].id;
const GONE = encodeGlobalId('Message', `${parent.sid}:SM${'f'.repeat(32)}`);

const MALFORMED: [what: string, id: string][] = [
  ['text', 'nonsense'],
  ['nothing', ''],
  ['a SID', parent.sid],
  ['an unknown type', encodeGlobalId('Query', 'x')],
  ['a type without its id', encodeGlobalId('Message', '')],
  ['an account instead of a message', encodeGlobalId('Message', parent.sid)],
  ['a message instead of an account', encodeGlobalId('Account', `${parent.sid}:SM${'0'.repeat(32)}`)],
  ['half an id', MESSAGE.slice(0, 30)],
  ['an id and a half', `${MESSAGE}${MESSAGE}`],
  ['100 kB', 'x'.repeat(100_000)],
  ['invalid Unicode', '\u0000\ud800🦄'],
];

const QUERY =
  'query($ids: [ID!]!) { nodes(ids: $ids) { id } account { sid } viewer { name } credentials { nickname } }';

/** Repeats a query, because it is compiled from the third time on. */
async function severalTimes(query: string, variables: object): Promise<GraphQLResult> {
  const first = await kit.query(query, variables);
  for (let turn = 0; turn < 4; turn += 1) expect(await kit.query(query, variables)).toEqual(first);
  return first;
}

describe('nodes', () => {
  test.each(MALFORMED)('%s as one id is null, and the other ids are unaffected', async (_what, bad) => {
    const { data, errors } = await severalTimes(QUERY, { ids: [ACCOUNT, bad, GONE, MESSAGE] });
    expect(data.nodes).toEqual([{ id: ACCOUNT }, null, null, { id: MESSAGE }]);
    expect(data.account).toEqual({ sid: parent.sid });
    expect(data.viewer).toEqual({ name: 'local' });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      path: ['nodes', 1],
      extensions: { code: 'BAD_USER_INPUT', argument: 'ids[1]' },
    });
    expect(JSON.stringify(errors).length).toBeLessThan(1_000);
  });

  test('malformed ids alone are null, each with its own error', async () => {
    const { data, errors } = await severalTimes(QUERY, { ids: MALFORMED.map(([, id]) => id) });
    expect(data.nodes).toEqual(MALFORMED.map(() => null));
    expect(errors?.map(({ path }) => path)).toEqual(MALFORMED.map((_, index) => ['nodes', index]));
  });

  test('no ids return an empty list', async () => {
    expect((await severalTimes(QUERY, { ids: [] })).data.nodes).toEqual([]);
  });

  test('a single id instead of a list', async () => {
    expect((await severalTimes(QUERY, { ids: MESSAGE })).data.nodes).toEqual([{ id: MESSAGE }]);
    const { data } = await severalTimes(QUERY, { ids: 'nonsense' });
    expect([data.nodes, data.account]).toEqual([[null], { sid: parent.sid }]);
  });

  test('literals, and variables within a list', async () => {
    const query = `query($a: ID!, $b: ID!) {
      list: nodes(ids: [$a, $b, "x", 7]) { id } single: nodes(ids: "x") { id } account { sid }
    }`;
    const { data, errors } = await severalTimes(query, { a: MESSAGE, b: 'nonsense' });
    expect(data).toEqual({
      list: [{ id: MESSAGE }, null, null, null],
      single: [null],
      account: { sid: parent.sid },
    });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
      'list.1',
      'list.2',
      'list.3',
      'single.0',
    ]);
  });

  test('makes no call for an impossible id', async () => {
    const { calls } = await kit.countCalls('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: MALFORMED.map(([, id]) => id),
    });
    expect(calls).toEqual([]);
  });
});

test.each(MALFORMED)('node: %s is null with an error, and other fields are unaffected', async (_what, id) => {
  const query = 'query($id: ID!) { node(id: $id) { id } account { sid } viewer { name } }';
  const { data, errors } = await severalTimes(query, { id });
  expect(data).toEqual({ node: null, account: { sid: parent.sid }, viewer: { name: 'local' } });
  expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'BAD_USER_INPUT', argument: 'id' } }]);
});

test('an id that Twilio fails to read is null at its own position', async () => {
  const over = createKit({ sandbox: { messages: 20 } });
  const gone = encodeGlobalId('Account', over.sandbox.accounts.suspended.sid);
  over.sandbox.set({ accountsUnderOAuth: 'own' });
  for (const ids of [
    [MESSAGE, gone],
    [gone, MESSAGE],
    ['x', MESSAGE, gone, 'y'],
  ]) {
    for (let turn = 0; turn < 4; turn += 1) {
      const { data } = await over.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
      expect(data.nodes).toEqual(ids.map((id) => (id === MESSAGE ? { id } : null)));
    }
  }
});
