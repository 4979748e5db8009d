import { expect, test } from 'vitest';
import { at, orderedAt, sandboxKit, sidsOf } from './kit.ts';

test('the newest messages progress to a final status as time passes', async () => {
  const { walk, messages, advance } = sandboxKit();
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
    // A message keeps its position when it is sent, so that page tokens stay valid.
    expect(sidsOf(rows)).toEqual(sidsOf(first));
    const dates = rows.map(orderedAt);
    expect(dates).toEqual(dates.toSorted((a, b) => b - a));
    queued.push(at(rows, 0).status);
    advance(10);
  }
  expect([...new Set(queued)]).toEqual(['queued', 'sending', 'sent', 'delivered']);
  const later = await walk(messages);
  expect(at(later, 1)).toMatchObject({ status: 'delivered', from: expect.stringMatching(/^\+1/) });
  expect(at(later, 3)).toMatchObject({ status: 'received' });
  expect(at(later, 6)).toMatchObject({ status: 'read' });
  advance(7 * 86_400);
  expect(at(await walk(messages), 4)).toMatchObject({ status: 'canceled', date_sent: null, from: null });
});

test('a message gets its price some time after it was sent', async () => {
  const { get, walk, messages, advance } = sandboxKit();
  const row = at(await walk(messages), 2);
  expect(row).toMatchObject({ status: 'sending', price: null });
  advance(45);
  const sent = (await get<typeof row>(row.uri)).body;
  expect(sent).toMatchObject({ status: 'sent', price: '-0.00790', price_unit: 'USD' });
});

test('new messages arrive, if switched on', async () => {
  const { walk, messages, advance } = sandboxKit({ switches: { arrivalSeconds: 10 } });
  const before = await walk(messages);
  advance(100);
  const after = await walk(messages);
  expect(after).toHaveLength(before.length + 10);
  expect(sidsOf(after.slice(10))).toEqual(sidsOf(before));
  // A future message cannot be fetched, although its SID is deterministic.
  const earlier = sandboxKit({ switches: { arrivalSeconds: 10 } });
  expect((await earlier.getError(at(after, 0).uri)).body.code).toBe(20404);
  expect((await earlier.get(at(after, 10).uri)).status).toBe(200);
  // The last few are sent but not billed yet.
  const unbilled = after.slice(0, 10).filter(({ date_sent, price }) => date_sent && price === null);
  expect(unbilled.length).toBeGreaterThan(0);
  advance(3600);
  const dates = (await walk(messages)).map(orderedAt);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
});

test('new messages can be missing from lists and fetches for a while', async () => {
  const { sandbox, get, getError, walk, messages, advance } = sandboxKit();
  const row = sandbox.addMessage('parent');
  sandbox.set({ staleSeconds: 60, justCreated404Seconds: 30 });
  expect(sidsOf((await get(messages)).body.messages)).not.toContain(row.sid);
  expect((await getError(row.uri)).body.code).toBe(20404);
  advance(31);
  expect((await get(row.uri)).status).toBe(200);
  expect(sidsOf((await get(messages)).body.messages)).not.toContain(row.sid);
  advance(31);
  expect(at(await walk(messages), 0).sid).toBe(row.sid);
});

test('an added message looks like any other and can override every field', async () => {
  const { sandbox, active, get, getError, advance } = sandboxKit();
  advance(5);
  const row = sandbox.addMessage('active', { body: 'Hello', to: 'whatsapp:+12125550199', status: 'read' });
  expect(row).toMatchObject({ account_sid: active.sid, sid: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
  expect((await get<unknown>(row.uri)).body).toEqual(row);
  const picture = sandbox.addMessage('active', { direction: 'inbound', num_media: '2' });
  expect(picture).toMatchObject({ status: 'received', sid: expect.stringMatching(/^MM/), to: row.from });
  expect((await get(picture.subresource_uris.media ?? '')).body.media_list).toHaveLength(2);
  sandbox.deleteMessage(row.sid);
  expect((await getError(row.uri)).status).toBe(404);
  expect(() => sandbox.deleteMessage(`SM${'0'.repeat(32)}`)).toThrow('has no message');
  expect(() => sandbox.addMessage('ACx')).toThrow('has no account ACx');
});

test('some messages have an unknown status, if switched on', async () => {
  const { walk, messages } = sandboxKit({ switches: { unknownStatus: 'teleported' } });
  const odd = (await walk(messages)).filter(({ status }) => status === 'teleported');
  expect(odd.length).toBeGreaterThan(5);
});
