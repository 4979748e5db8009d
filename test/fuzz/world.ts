import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { type createKit, noErrors } from '../kit.ts';
import type { World } from './documents.ts';

/** Finds what exists behind a gateway: SIDs, ids, cursors, addresses. */
export async function worldOf(kit: Pick<ReturnType<typeof createKit>, 'query' | 'sandbox'>): Promise<World> {
  const { data } = noErrors(
    await kit.query(`{
      messages(first: 20) { nodes { id sid from to media { id } } edges { cursor } pageInfo { endCursor } }
      filtered: messages(first: 2, filter: { status: [DELIVERED] }) { pageInfo { endCursor } }
      accounts(first: 2) { nodes { id sid } pageInfo { endCursor } }
      credentials { id nickname }
    }`),
  );
  const { messages, filtered, accounts, credentials } = data;
  const cursors = [
    ...messages.edges.slice(0, 4).map(({ cursor }: { cursor: string }) => cursor),
    ...[messages, filtered, accounts].map(({ pageInfo }) => pageInfo.endCursor),
  ];
  const gone = 'f'.repeat(32);
  const accountSids = Object.values(kit.sandbox.accounts as Sandbox['accounts']).map(({ sid }) => sid);
  const nodes: {
    id: string;
    sid: string;
    to: string | null;
    from: string | null;
    media: { id: string }[];
  }[] = messages.nodes;
  const ids = [
    ...nodes.map(({ id }) => id),
    ...nodes.flatMap(({ media }) => media.map(({ id }) => id)),
    ...accounts.nodes.map(({ id }: { id: string }) => id),
    ...credentials.map(({ id }: { id: string }) => id),
    encodeGlobalId('Message', `${accountSids[0]}:SM${gone}`),
    encodeGlobalId('Account', `AC${gone}`),
  ];
  return {
    AccountSid: [...accountSids, `AC${gone}`],
    MessageSid: [...nodes.slice(0, 5).map(({ sid }) => sid), `SM${gone}`],
    Address: nodes.flatMap(({ to, from }) => [to, from]).filter((one) => one !== null),
    ID: ids,
    after: cursors,
    before: cursors,
    first: [1, 2, 5, 20],
    last: [1, 2, 5],
    nickname: [...credentials.map(({ nickname }: { nickname: string }) => nickname), 'nobody'],
    Date: ['2026-05-10', '2026-11-20', '2020-01-01'],
    DateTime: ['2026-11-01T00:00:00Z', '2026-11-20T10:00:00+02:00', '2019-12-31T23:59:60Z'],
    bodyContains: ['code', 'Northwind', 'zzz'],
    errorCode: [30003, 30005, 0],
    friendlyName: ['Northwind', 'nothing'],
  };
}
