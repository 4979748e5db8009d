import { expect, test } from 'vitest';
import { noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

test('a key for credential Y gives access to nothing of credential X, through any field, id, cursor or header', async () => {
  const kit = await createManagedKit();
  const x = await kit.addCredential('parent');
  const y = await kit.addCredential('lending', 1);
  const { authorization } = await kit.readerKey([y]);
  const { parent, active } = kit.sandbox.accounts;

  // The data of X that an administrator can read.
  const seen = noErrors(
    await kit.admin(
      `{ account { id sid } credentials { id nickname clientId }
         messages(first: 3, filter: { hasMedia: true }) { nodes { id sid body from to media { id sid } } pageInfo { endCursor startCursor } }
         accounts(first: 2) { nodes { id } pageInfo { endCursor } } }`,
      {},
      { 'x-twilio-credential': 'parent' },
    ),
  ).data;
  const [message] = seen.messages.nodes;
  // Without the parent's SID, because Y's own account names its owner.
  const foreign = [
    `"${parent.friendlyName}"`,
    ...seen.messages.nodes.flatMap((one: Record<string, string>) => [one.sid, one.body, one.to]),
    message.media[0].sid,
    kit.sandbox.apps[0]?.clientId,
  ].filter((value): value is string => Boolean(value));
  const ids = [seen.account.id, message.id, message.media[0].id, x, seen.accounts.nodes[0].id];

  const attempts: [query: string, headers?: Record<string, string>][] = [
    [`{ account(sid: "${parent.sid}") { friendlyName messages { nodes { sid body } } } }`],
    [`{ messages(accountSid: "${parent.sid}") { nodes { sid body } } }`],
    [`{ message(accountSid: "${parent.sid}", sid: "${message.sid}") { body to } }`],
    [`{ account { message(sid: "${message.sid}") { body } } }`],
    ['{ account { ... on Subaccount { owner { friendlyName messages { nodes { body } } } } } }'],
    ['{ accounts { nodes { sid friendlyName } } }'],
    ['{ credential(nickname: "parent") { clientId account { friendlyName } } }'],
    ['{ credentials { nickname clientId accountSid } viewer { credentials { clientId } } }'],
    [
      '{ account { friendlyName } messages { nodes { body } } credential { clientId } }',
      { 'x-twilio-credential': 'parent' },
    ],
    [`{ credential { account(sid: "${parent.sid}") { friendlyName } } }`],
    [`{ messages(after: "${seen.messages.pageInfo.endCursor}", first: 5) { nodes { sid body } } }`],
    [
      `{ messages(accountSid: "${parent.sid}", filter: { hasMedia: true }, after: "${seen.messages.pageInfo.endCursor}") { nodes { body } } }`,
    ],
    [
      `{ messages(last: 2, before: "${seen.messages.pageInfo.startCursor}", filter: { hasMedia: true }) { nodes { body } } }`,
    ],
    [`{ accounts(after: "${seen.accounts.pageInfo.endCursor}") { nodes { friendlyName } } }`],
    ['{ apiKeys { name credentials { clientId } } }'],
    ...ids.map((id): [string] => [
      `{ node(id: "${id}") { id ... on Message { body to account { friendlyName } } ... on Account { friendlyName messages { nodes { body } } } ... on Media { sid } ... on Credential { nickname clientId } } }`,
    ]),
    [`{ nodes(ids: ${JSON.stringify(ids)}) { id ... on Message { body } ... on Credential { clientId } } }`],
  ];

  kit.sandbox.clearCalls();
  for (const [query, headers] of attempts) {
    const { data, errors } = await kit.query(query, {}, { authorization, ...headers });
    const response = JSON.stringify(data ?? null);
    expect([query, foreign.filter((value) => response.includes(value))]).toEqual([query, []]);
    // An error may repeat values of the request, but no others.
    const said = JSON.stringify(errors ?? []);
    const leaked = foreign.filter((value) => said.includes(value) && !query.includes(value));
    expect([query, leaked]).toEqual([query, []]);
  }
  // Twilio was never called with X's credential.
  const used = new Set(kit.sandbox.calls.map(({ credential }) => credential));
  expect(used.has(kit.sandbox.apps[0]?.clientId)).toBe(false);

  // The same key can read its own data.
  const own = noErrors(await kit.query('{ account { sid } }', {}, { authorization }));
  expect(own.data.account.sid).toBe(active.sid);
});
