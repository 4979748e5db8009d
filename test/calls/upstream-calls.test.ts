import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResult, type Kit, noErrors } from '../kit.ts';

/** Reads the SIDs of some messages without the gateway. */
async function messageSids(kit: Kit, count: number, filter = ''): Promise<string[]> {
  const { data } = noErrors(await kit.query(`{ messages(first: ${count}${filter}) { nodes { sid } } }`));
  return data.messages.nodes.map(({ sid }: { sid: string }) => sid);
}

function aliases(field: string, sids: readonly string[], selection: string): string {
  return `{ ${sids.map((sid, index) => `a${index}: ${field}(sid: "${sid}") { ${selection} }`).join(' ')} }`;
}

describe('the exact number of upstream calls', () => {
  test('50 messages: 1', async () => {
    const kit = createKit();
    const { data, calls } = noErrors(
      await kit.countCalls('{ messages(first: 50) { nodes { sid to body } } }'),
    );
    expect(data.messages.nodes).toHaveLength(50);
    expect(calls).toHaveLength(1);
  });

  test('50 messages each with its account: 2', async () => {
    const kit = createKit();
    const { data, calls } = noErrors(
      await kit.countCalls('{ messages(first: 50) { nodes { sid account { sid friendlyName status } } } }'),
    );
    const parent = kit.sandbox.accounts.parent;
    expect(data.messages.nodes).toHaveLength(50);
    for (const { account } of data.messages.nodes) {
      expect(account).toEqual({ sid: parent.sid, friendlyName: parent.friendlyName, status: 'ACTIVE' });
    }
    expect(calls).toHaveLength(2);
  });

  test('20 message aliases over 10 SIDs: 10', async () => {
    const kit = createKit();
    const sids = await messageSids(kit, 10);
    const query = aliases('message', [...sids, ...sids], 'sid');
    const { data, calls } = noErrors(await kit.countCalls(query));
    expect(Object.values(data)).toEqual([...sids, ...sids].map((sid) => ({ sid })));
    expect(calls).toHaveLength(10);
    expect(new Set(calls).size).toBe(10);
  });

  test("the account, also as each message's account: 1", async () => {
    const kit = createKit();
    const { data, calls } = noErrors(
      await kit.countCalls('{ account { sid } messages(first: 5) { nodes { account { friendlyName } } } }'),
    );
    const { sid, friendlyName } = kit.sandbox.accounts.parent;
    expect(data.account).toEqual({ sid });
    expect(data.messages.nodes).toEqual(Array(5).fill({ account: { friendlyName } }));
    expect(calls).toHaveLength(2);
  });

  test('20 account aliases over 20 SIDs of one credential: 1', async () => {
    const kit = createKit();
    const sids = Array.from({ length: 20 }, (_, index) =>
      kit.sandbox.addAccount({ friendlyName: `Branch ${index}` }),
    ).map(({ sid }) => sid);
    const { data, calls } = noErrors(await kit.countCalls(aliases('account', sids, 'sid friendlyName')));
    expect(Object.values(data)).toEqual(sids.map((sid, index) => ({ sid, friendlyName: `Branch ${index}` })));
    expect(calls).toEqual(['GET /2010-04-01/Accounts.json']);
  });

  test('an account missing from the list: 1 more', async () => {
    const kit = createKit({ sandbox: { switches: { accountsUnderOAuth: 'own' } } });
    const { parent, suspended } = kit.sandbox.accounts;
    const { data, errors, calls } = await kit.countCalls(
      aliases('account', [parent.sid, suspended.sid], 'sid'),
    );
    expect(data).toEqual({ a0: { sid: parent.sid }, a1: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['CREDENTIAL_MISSING']);
    expect(calls).toEqual([
      'GET /2010-04-01/Accounts.json',
      `GET /2010-04-01/Accounts/${suspended.sid}.json`,
    ]);
  });

  test('without the permission to list accounts: 1 for each', async () => {
    const kit = createKit();
    const app = kit.sandbox.apps[0];
    const { parent, closed } = kit.sandbox.accounts;
    kit.sandbox.setPermissions(app?.clientId ?? '', ['/twilio/iam/accounts/read']);
    const { data, calls } = await kit.countCalls(aliases('account', [parent.sid, closed.sid], 'sid'));
    expect(data.a0).toEqual({ sid: parent.sid });
    expect(calls).toEqual([
      'GET /2010-04-01/Accounts.json',
      `GET /2010-04-01/Accounts/${parent.sid}.json`,
      `GET /2010-04-01/Accounts/${closed.sid}.json`,
    ]);
  });

  test('three pages by endCursor: 3', async () => {
    const kit = createKit();
    const seen: string[] = [];
    let after: string | null = null;
    kit.sandbox.clearCalls();
    for (let page = 0; page < 3; page += 1) {
      const query =
        'query($after: String) { messages(first: 20, after: $after) { nodes { sid } pageInfo { endCursor } } }';
      const response: GraphQLResult = noErrors(await kit.query(query, { after }));
      const { nodes, pageInfo } = response.data.messages;
      seen.push(...nodes.map(({ sid }: { sid: string }) => sid));
      after = pageInfo.endCursor;
    }
    expect(new Set(seen).size).toBe(60);
    expect(kit.sandbox.calls.filter(({ path }) => path.includes('/Messages.json'))).toHaveLength(3);
  });

  test('50 messages with media where 3 have media: 4', async () => {
    const kit = createKit({ sandbox: { messages: 0 } });
    for (let index = 0; index < 50; index += 1) {
      kit.sandbox.addMessage('parent', index % 20 === 0 ? { num_media: '1' } : {});
    }
    const { data, calls } = noErrors(
      await kit.countCalls('{ messages(first: 50) { nodes { numMedia media { sid contentType } } } }'),
    );
    expect(data.messages.nodes).toHaveLength(50);
    expect(data.messages.nodes.filter(({ media }: { media: unknown[] }) => media.length > 0)).toHaveLength(3);
    expect(calls).toHaveLength(4);
  });

  test('a message on a page of the same request: 0 more', async () => {
    const kit = createKit();
    const [sid] = await messageSids(kit, 1);
    const query = `{ messages(first: 3) { nodes { account { message(sid: "${sid}") { sid } } } } }`;
    const { data, calls } = noErrors(await kit.countCalls(query));
    expect(data.messages.nodes).toEqual(Array(3).fill({ account: { message: { sid } } }));
    expect(calls).toHaveLength(2);
  });

  test('the same list under two aliases: 1', async () => {
    const kit = createKit();
    const { calls } = noErrors(
      await kit.countCalls(
        '{ a: messages(first: 5) { nodes { sid } } b: messages(first: 5) { nodes { status } } }',
      ),
    );
    expect(calls).toHaveLength(1);
  });

  test("a subaccount's messages are read with the subaccount's own credential", async () => {
    const kit = createKit();
    const { active } = kit.sandbox.accounts;
    kit.sandbox.clearCalls();
    const { data } = noErrors(
      await kit.query(`{ messages(accountSid: "${active.sid}", first: 2) { nodes { accountSid } } }`),
    );
    expect(data.messages.nodes).toEqual([{ accountSid: active.sid }, { accountSid: active.sid }]);
    const used = kit.sandbox.calls.filter(({ path }) => path.startsWith('/2010-04-01/'));
    expect(used.map(({ credential }) => credential)).toEqual([kit.sandbox.apps[1]?.clientId]);
  });

  test('50 concurrent first requests: 1 token request', async () => {
    const kit = createKit();
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => kit.query('{ messages(first: 1) { nodes { sid } } }')),
    );
    for (const response of responses) noErrors(response);
    expect(kit.sandbox.calls.filter(({ path }) => path.startsWith('/v2/token'))).toHaveLength(1);
  });
});
