import { expect, test } from 'vitest';
import { at, orderedAt, sandboxAt, sidsOf } from './kit.ts';

test('the newest messages go on as the clock runs, and end', async () => {
  const { walk, messages, pass } = sandboxAt();
  const first = await walk(messages);
  expect(first.slice(0, 7).map(({ status }) => status)).toEqual([
    'queued',
    'accepted',
    'sending',
    'receiving',
    'scheduled',
    'sent',
    'delivered',
  ]);
  const queued: string[] = [];
  for (let seconds = 0; seconds < 300; seconds += 10) {
    const rows = await walk(`${messages}?PageSize=1000`);
    // A row that is sent meanwhile keeps its place: nothing jumps under a reader's page token.
    expect(sidsOf(rows)).toEqual(sidsOf(first));
    const dates = rows.map(orderedAt);
    expect(dates).toEqual(dates.toSorted((a, b) => b - a));
    queued.push(at(rows, 0).status);
    pass(10);
  }
  expect([...new Set(queued)]).toEqual(['queued', 'sending', 'sent', 'delivered']);
  const later = await walk(messages);
  expect(at(later, 1)).toMatchObject({ status: 'delivered', from: expect.stringMatching(/^\+1/) });
  expect(at(later, 3)).toMatchObject({ status: 'received' });
  expect(at(later, 6)).toMatchObject({ status: 'read' });
  pass(7 * 86_400);
  expect(at(await walk(messages), 4)).toMatchObject({ status: 'canceled', date_sent: null, from: null });
});

test('a price comes a while after a message was sent', async () => {
  const { get, walk, messages, pass } = sandboxAt();
  const row = at(await walk(messages), 2);
  expect(row).toMatchObject({ status: 'sending', price: null });
  pass(45);
  const sent = (await get<typeof row>(row.uri)).body;
  expect(sent).toMatchObject({ status: 'sent', price: '-0.00790', price_unit: 'USD' });
});

test('messages may keep arriving', async () => {
  const { walk, messages, pass } = sandboxAt({ switches: { arrivalSeconds: 10 } });
  const before = await walk(messages);
  pass(100);
  const after = await walk(messages);
  expect(after).toHaveLength(before.length + 10);
  expect(sidsOf(after.slice(10))).toEqual(sidsOf(before));
  // A row that has not come yet cannot be fetched, though its SID is settled.
  const earlier = sandboxAt({ switches: { arrivalSeconds: 10 } });
  expect((await earlier.refused(at(after, 0).uri)).body.code).toBe(20404);
  expect((await earlier.get(at(after, 10).uri)).status).toBe(200);
  // The last few are sent but not billed yet.
  const unbilled = after.slice(0, 10).filter(({ date_sent, price }) => date_sent && price === null);
  expect(unbilled.length).toBeGreaterThan(0);
  pass(3600);
  const dates = (await walk(messages)).map(orderedAt);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
});

test('new rows may be missing from lists, and just created ones from a fetch', async () => {
  const { sandbox, get, refused, walk, messages, pass } = sandboxAt();
  const row = sandbox.addMessage('parent');
  sandbox.set({ staleSeconds: 60, justCreated404Seconds: 30 });
  expect(sidsOf((await get(messages)).body.messages)).not.toContain(row.sid);
  expect((await refused(row.uri)).body.code).toBe(20404);
  pass(31);
  expect((await get(row.uri)).status).toBe(200);
  expect(sidsOf((await get(messages)).body.messages)).not.toContain(row.sid);
  pass(31);
  expect(at(await walk(messages), 0).sid).toBe(row.sid);
});

test('a message added by hand looks like any other and takes any field', async () => {
  const { sandbox, active, get, refused, pass } = sandboxAt();
  pass(5);
  const row = sandbox.addMessage('active', { body: 'Hello', to: 'whatsapp:+12125550199', status: 'read' });
  expect(row).toMatchObject({ account_sid: active.sid, sid: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
  expect((await get<unknown>(row.uri)).body).toEqual(row);
  const picture = sandbox.addMessage('active', { direction: 'inbound', num_media: '2' });
  expect(picture).toMatchObject({ status: 'received', sid: expect.stringMatching(/^MM/), to: row.from });
  expect((await get(picture.subresource_uris.media ?? '')).body.media_list).toHaveLength(2);
  sandbox.deleteMessage(row.sid);
  expect((await refused(row.uri)).status).toBe(404);
  expect(() => sandbox.deleteMessage(`SM${'0'.repeat(32)}`)).toThrow('has no message');
  expect(() => sandbox.addMessage('ACx')).toThrow('has no account ACx');
});

test('a status nobody knows is on some rows', async () => {
  const { walk, messages } = sandboxAt({ switches: { unknownStatus: 'teleported' } });
  const odd = (await walk(messages)).filter(({ status }) => status === 'teleported');
  expect(odd.length).toBeGreaterThan(5);
});
