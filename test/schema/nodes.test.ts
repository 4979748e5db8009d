import { expect, test } from 'vitest';
import { encodeGlobalId } from '../../src/schema/global-id.ts';
import { createKit, noErrors } from '../kit.ts';

const NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

async function idsIn(kit: ReturnType<typeof createKit>) {
  const { data } = noErrors(
    await kit.query(
      '{ account { id } credentials { id } messages(first: 40) { nodes { id media { id } } } }',
    ),
  );
  const messages: { id: string; media: { id: string }[] }[] = data.messages.nodes;
  const [media] = messages.flatMap((message) => message.media);
  return [messages[0], media, data.account, messages[1], data.credentials[0]].map((one) => one?.id ?? '');
}

test('nodes returns the object of each id in order, compiled or not', async () => {
  const kit = createKit({ sandbox: { messages: 40 } });
  const ids = await idsIn(kit);
  for (let time = 0; time < 5; time += 1) {
    for (const asked of [ids, ids.toReversed(), [ids[0], ids[0], ids[3]]]) {
      const { data } = noErrors(await kit.query(NODES, { ids: asked }));
      expect(data.nodes.map(({ id }: { id: string }) => id)).toEqual(asked);
    }
  }
});

test('an id that is not found or fails does not affect the others', async () => {
  const kit = createKit({ sandbox: { messages: 40 } });
  const [message, , account] = await idsIn(kit);
  const gone = encodeGlobalId('Message', `${kit.sandbox.accounts.parent.sid}:SM${'f'.repeat(32)}`);
  const foreign = encodeGlobalId('Account', kit.sandbox.accounts.suspended.sid);
  const { data, errors } = await kit.query(NODES, { ids: [gone, message, foreign, account] });
  expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
    null,
    message,
    expect.toBeOneOf([null, foreign]),
    account,
  ]);
  for (const { path } of errors ?? []) expect(path).toEqual(['nodes', 2]);
});
