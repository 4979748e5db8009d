import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResult, type Kit, noErrors } from '../kit.ts';
import { type Row, readAll, sidsOf } from './rows.ts';

const ACROSS = `query($in: AccountSelection, $account: AccountSid, $first: Int, $after: String, $filter: MessageFilter) {
  messages(in: $in, accountSid: $account, first: $first, after: $after, filter: $filter) {
    nodes { sid accountSid dateSent dateCreated account { sid } }
    unavailable { accountSid code message }
    pageInfo { hasNextPage endCursor }
  }
}`;

const timeOf = ({ dateSent, dateCreated }: Row) => Date.parse(dateSent ?? dateCreated);

async function walk(kit: Kit, variables: object, first: number) {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { data }: GraphQLResult = noErrors(await kit.query(ACROSS, { ...variables, first, after }));
    rows.push(...data.messages.nodes);
    if (!data.messages.pageInfo.hasNextPage) return rows;
    after = data.messages.pageInfo.endCursor;
  }
}

describe('messages of several accounts', () => {
  test('are merged newest first, page by page', async () => {
    const kit = createKit({ sandbox: { messages: 700 } });
    const { parent, active } = kit.sandbox.accounts;
    const all = [...(await readAll(kit, parent.sid)), ...(await readAll(kit, active.sid))];
    for (const selection of [{ all: true }, { sids: [parent.sid, active.sid] }]) {
      const rows = await walk(kit, { in: selection }, 150);
      expect(sidsOf(rows).sort()).toEqual(sidsOf(all).sort());
      const times = rows.map(timeOf);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect(new Set(rows.map(({ accountSid }) => accountSid)).size).toBe(2);
    }
  });

  test('take one call for each account and page, and one for each account that is selected', async () => {
    const kit = createKit();
    const { calls, data } = noErrors(await kit.countCalls(ACROSS, { in: { all: true }, first: 20 }));
    expect(calls).toHaveLength(4);
    const after = data.messages.pageInfo.endCursor;
    const next = noErrors(await kit.countCalls(ACROSS, { in: { all: true }, first: 20, after }));
    expect(next.calls.length).toBeLessThanOrEqual(4);
  });

  test('an account that cannot be read is named, and the others are complete', async () => {
    const kit = createKit();
    const { active, parent } = kit.sandbox.accounts;
    const app = kit.sandbox.apps.find(({ accountSid }) => accountSid === active.sid);
    kit.sandbox.setPermissions(app?.clientId ?? '', ['/twilio/iam/accounts/read']);
    const { data } = noErrors(await kit.query(ACROSS, { in: { all: true }, first: 10 }));
    expect(data.messages.unavailable).toEqual([
      {
        accountSid: active.sid,
        code: 'TWILIO_PERMISSION_MISSING',
        message: expect.stringContaining('messages/list'),
      },
    ]);
    expect(data.messages.nodes).toHaveLength(10);
    expect(data.messages.nodes.every(({ accountSid }: Row) => accountSid === parent.sid)).toBe(true);
  });

  test('if none can be read, the field fails', async () => {
    const kit = createKit();
    for (const { clientId } of kit.sandbox.apps) kit.sandbox.setPermissions(clientId, []);
    const { data, errors } = await kit.query(ACROSS, { in: { all: true }, first: 10 });
    expect(data.messages).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe('TWILIO_PERMISSION_MISSING');
  });

  test('a thread covers several accounts, too', async () => {
    const kit = createKit({ sandbox: { messages: 2_000 } });
    const { parent, active } = kit.sandbox.accounts;
    const rows = [...(await readAll(kit, parent.sid)), ...(await readAll(kit, active.sid))];
    const person = '+14155550125';
    const wanted = rows.filter(({ from, to }) =>
      [from, to].some((one) => one?.replace(/^\w+:/, '') === person),
    );
    const query = `query($in: AccountSelection) { thread(with: "${person}", in: $in) { messages(first: 1000) { nodes { sid } } } }`;
    const { data } = noErrors(await kit.query(query, { in: { all: true } }));
    expect(sidsOf(data.thread.messages.nodes).sort()).toEqual(sidsOf(wanted).sort());
  });

  test.each([
    [{ in: { all: true }, account: `AC${'0'.repeat(32)}` }, 'accountSid and in were given'],
    [{ in: { sids: [] } }, '"sids" is empty'],
    [{ in: { all: false } }, '"all" is false'],
    [
      { in: { sids: Array.from({ length: 51 }, (_, i) => `AC${String(i).padStart(32, '0')}`) } },
      '51 accounts',
    ],
  ])('an unclear selection is rejected: %j', async (variables, why) => {
    const kit = createKit();
    const { errors } = await kit.query(ACROSS, { ...variables, first: 1 });
    expect(errors?.[0]?.message).toContain(why);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'ACCOUNT_SELECTION_INVALID', argument: 'in' });
  });
});
