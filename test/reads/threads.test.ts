import { describe, expect, test } from 'vitest';
import { createKit, type GraphQLResult, type Kit, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { type Row, readAll } from './rows.ts';

/** The plain number with most messages, and its messages by brute force. */
function busiest(rows: readonly Row[]) {
  const counts = new Map<string, number>();
  for (const { from, to, direction } of rows) {
    const person = (direction === 'INBOUND' ? from : to)?.replace(/^[a-z]+:/, '') ?? '';
    if (person.startsWith('+')) counts.set(person, (counts.get(person) ?? 0) + 1);
  }
  const [person = ''] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const forms = [person, `whatsapp:${person}`, `rcs:${person}`];
  const thread = rows.filter(({ from, to }) => forms.includes(from ?? '') || forms.includes(to ?? ''));
  return { person, thread };
}

const THREAD = `query($with: Address!, $first: Int, $after: String, $last: Int, $before: String, $filter: MessageFilter, $in: AccountSelection) {
  thread(with: $with, in: $in) { id participant
    messages(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes { sid direction channel } source asOf totalCount unavailable { accountSid } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

async function walk(kit: Kit, person: string, size: number) {
  const sids: string[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < 500; pages += 1) {
    const { data }: GraphQLResult = noErrors(await kit.query(THREAD, { with: person, first: size, after }));
    const {
      nodes,
      pageInfo,
    }: { nodes: Row[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } } = data.thread.messages;
    sids.push(...nodes.map(({ sid }: Row) => sid));
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) return { sids, end: after };
  }
  throw new Error('endless thread');
}

describe('a thread', () => {
  test('is the messages of one person in both directions on all channels, page by page', async () => {
    const kit = createKit({ sandbox: { messages: 2_000 } });
    const { person, thread } = busiest(await readAll(kit));
    expect(new Set(thread.map(({ direction }) => direction === 'INBOUND')).size).toBe(2);
    expect(new Set(thread.map(({ channel }) => channel)).size).toBeGreaterThan(1);
    for (const size of [7, 50, 1000]) {
      const { sids, end } = await walk(kit, person, size);
      expect([...sids].sort()).toEqual(thread.map(({ sid }) => sid).sort());
      const back = noErrors(await kit.query(THREAD, { with: person, last: 1000, before: end }));
      const { nodes, pageInfo } = back.data.thread.messages;
      expect(nodes.map(({ sid }: Row) => sid)).toEqual(sids.slice(0, -1));
      expect(pageInfo.hasPreviousPage).toBe(false);
    }
  });

  test('takes six calls for its first page, and none for lists that have ended', async () => {
    const kit = createKit({ sandbox: { messages: 2_000 } });
    const { person, thread } = busiest(await readAll(kit));
    const first = noErrors(await kit.countCalls(THREAD, { with: person, first: 3 }));
    expect(first.calls).toHaveLength(6);
    const { nodes, pageInfo } = first.data.thread.messages;
    const read = new Set(nodes.map(({ sid }: Row) => sid));
    const left = thread.filter(({ sid }) => !read.has(sid));
    const lists = new Set(left.map(({ from, to }) => (to?.endsWith(person) ? `to ${to}` : `from ${from}`)));
    const next = noErrors(
      await kit.countCalls(THREAD, { with: person, first: 3, after: pageInfo.endCursor }),
    );
    expect(next.calls).toHaveLength(lists.size);
    expect(lists.size).toBeLessThan(6);
  });

  test('a channel or a direction narrows the lists', async () => {
    const kit = createKit();
    const count = async (filter: object) =>
      (await kit.countCalls(THREAD, { with: '+14155550125', first: 3, filter })).calls.length;
    expect(await count({ channel: ['WHATSAPP'] })).toBe(2);
    expect(await count({ channel: ['MESSENGER'] })).toBe(0);
    expect(await count({ direction: ['INBOUND'] })).toBe(3);
    const { calls } = await kit.countCalls(THREAD, { with: 'whatsapp:+14155550125', first: 3 });
    expect(calls).toHaveLength(2);
  });

  test('its id opens it again, and shows no number', async () => {
    const kit = createKit();
    const first = noErrors(await kit.query(THREAD, { with: '+14155550125', first: 2 }));
    const { id, messages } = first.data.thread;
    expect(Buffer.from(id, 'base64url').toString()).not.toContain('4155550125');
    const query =
      'query($id: ID!) { node(id: $id) { ... on Thread { participant messages(first: 2) { nodes { sid direction channel } } } } }';
    const again = noErrors(await kit.query(query, { id }));
    expect(again.data.node).toEqual({ participant: '+14155550125', messages: { nodes: messages.nodes } });
    const other = noErrors(await kit.query(THREAD, { with: '+14155550125', first: 1 }));
    expect(other.data.thread.id).toBe(id);
  });

  test('a message leads to it, on every channel; a policy that hides addresses leads nowhere', async () => {
    const kit = await createManagedKit({ sandbox: { messages: 0 } });
    const credentials = [await kit.addCredential('parent')];
    const person = '+14155550125';
    kit.sandbox.addMessage('parent', { to: `whatsapp:${person}`, from: 'whatsapp:+14155550101' });
    kit.sandbox.addMessage('parent', { direction: 'inbound', from: person, status: 'received' });
    kit.sandbox.addMessage('parent', { to: 'messenger:7100000000000000', from: 'messenger:108' });
    kit.sandbox.addMessage('parent', { to: null });
    const query = '{ messages { nodes { thread { id participant } } } }';
    const read = async (fieldPolicy: object) => {
      const { authorization } = await kit.readerKey(credentials, { fieldPolicy });
      const { data } = noErrors(await kit.query(query, {}, { authorization }));
      return data.messages.nodes.map(({ thread }: { thread: object }) => thread);
    };
    const { data } = noErrors(await kit.admin(THREAD, { with: person, first: 1, in: { all: true } }));
    const { id } = data.thread;
    const shown = await read({});
    expect(shown).toMatchObject([
      null,
      { participant: 'messenger:7100000000000000' },
      { id, participant: person },
      { id, participant: person },
    ]);
    expect((await read({ addresses: 'LAST_FOUR' }))[3]).toEqual({ id, participant: '…0125' });
    expect(await read({ addresses: 'HIDDEN' })).toEqual([null, null, null, null]);
  });

  test('an id that was changed opens nothing', async () => {
    const kit = createKit();
    const { data } = noErrors(await kit.query(THREAD, { with: '+14155550125', first: 1 }));
    const text = Buffer.from(data.thread.id, 'base64url').toString();
    const changed = Buffer.from(`${text.slice(0, -3)}${text.endsWith('AAA') ? 'BBB' : 'AAA'}`).toString(
      'base64url',
    );
    const { data: found } = noErrors(
      await kit.query('query($id: ID!) { node(id: $id) { id } }', { id: changed }),
    );
    expect(found.node).toBeNull();
  });

  test('a cursor of another thread or filter is rejected', async () => {
    const kit = createKit();
    const { data } = noErrors(await kit.query(THREAD, { with: '+14155550125', first: 1 }));
    const after = data.thread.messages.pageInfo.endCursor;
    for (const variables of [
      { with: '+14155550126', after },
      { with: '+14155550125', after, filter: { hasMedia: true } },
      { with: '+14155550125', after: after.slice(0, -8) },
      { with: '+14155550125', after: 'WzFd' },
    ]) {
      const { errors } = await kit.query(THREAD, variables);
      expect(errors?.[0]?.extensions.code).toBe('CURSOR_INVALID');
    }
  });
});
