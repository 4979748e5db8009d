import { describe, expect, test } from 'vitest';
import { at, orderedAt, sandboxKit, sidsOf } from './kit.ts';

const kit = sandboxKit({ messages: 6000 });
const { parent, messages } = kit;
const rows = await kit.walk(`${messages}?PageSize=1000`);
const seen = (read: (row: (typeof rows)[number]) => unknown) => new Set(rows.map(read));
const PHONE = /^(whatsapp:|rcs:)?\+(1\d{3}55501\d\d|447700900\d{3})$/;
const NO_PHONE = /^(rcs:brand_agent|messenger:\d+|NORTHWIND|Northwind ID)$/;

describe('the generated messages include', () => {
  test('every status', () => {
    expect([...seen(({ status }) => status)].sort()).toEqual([
      'accepted',
      'canceled',
      'delivered',
      'failed',
      'partially_delivered',
      'queued',
      'read',
      'received',
      'receiving',
      'scheduled',
      'sending',
      'sent',
      'undelivered',
    ]);
  });

  test('every direction', () => {
    const all = ['inbound', 'outbound-api', 'outbound-call', 'outbound-reply'];
    expect([...seen(({ direction }) => direction)].sort()).toEqual(all);
  });

  test.each(['whatsapp:', 'rcs:', 'messenger:', 'NORTHWIND', '+1'])('senders %s…', (prefix) => {
    expect(rows.filter(({ from }) => from?.startsWith(prefix)).length).toBeGreaterThan(20);
  });

  test('the most important error codes', () => {
    const codes = [30003, 30005, 30006, 30007, 30008, 30034, 21610, 21211, 63016, 63003, 63024];
    expect([...seen(({ error_code }) => error_code)]).toEqual(expect.arrayContaining(codes));
  });

  test('redacted and long bodies, one to three media, and an error code on a received message', () => {
    expect([...seen(({ num_media }) => num_media)].sort()).toEqual(['0', '1', '2', '3']);
    expect(rows.filter(({ body }) => body === '').length).toBeGreaterThan(50);
    expect(rows.some(({ num_segments }) => num_segments === '2')).toBe(true);
    expect(rows.some(({ status, error_code }) => status === 'received' && error_code)).toBe(true);
  });

  test('conversations in both directions', () => {
    const pairs = seen(({ from, to }) => `${from} ${to}`);
    expect(rows.filter(({ from, to }) => pairs.has(`${to} ${from}`)).length).toBeGreaterThan(1000);
  });
});

test('the fields of every message are consistent', () => {
  for (const row of rows) {
    const { status, date_sent, price, from, num_media, error_code } = row;
    const note = JSON.stringify(row);
    const never = ['queued', 'accepted', 'scheduled', 'canceled', 'sending', 'receiving'].includes(status);
    expect(row.sid, note).toMatch(num_media === '0' ? /^SM[0-9a-f]{32}$/ : /^MM[0-9a-f]{32}$/);
    if (never) expect(date_sent, note).toBeNull();
    if (['delivered', 'read', 'received', 'undelivered', 'sent'].includes(status)) {
      expect(date_sent, note).not.toBeNull();
    }
    if (date_sent === null || status === 'failed') expect(price, note).toBeNull();
    if (price !== null) expect(price, note).toMatch(/^-0\.\d{5}$/);
    if (['failed', 'undelivered'].includes(status)) expect(error_code, note).toBeGreaterThan(11000);
    expect(row.error_message === null, note).toBe(error_code === null);
    if (['accepted', 'scheduled', 'canceled'].includes(status))
      expect([from, row.num_segments]).toEqual([null, '0']);
    if (from === null) expect(row.messaging_service_sid, note).toMatch(/^MG[0-9a-f]{32}$/);
    else expect(PHONE.test(from) || NO_PHONE.test(from), note).toBe(true);
    expect(PHONE.test(row.to ?? '') || NO_PHONE.test(row.to ?? ''), note).toBe(true);
    expect(row.date_created).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/);
    expect(Date.parse(row.date_updated ?? ''), note).toBeGreaterThanOrEqual(
      Date.parse(row.date_created ?? ''),
    );
    expect(row.price_unit === null || row.price_unit === 'USD').toBe(true);
  }
});

test('the list is in descending date order', () => {
  const dates = rows.map(orderedAt);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
});

test('a message rejected at creation has a 21xxx code and was never sent', () => {
  const rejected = rows.filter(({ error_code }) => String(error_code).startsWith('21'));
  expect(rejected.length).toBeGreaterThan(20);
  for (const row of rejected) expect(row).toMatchObject({ status: 'failed', date_sent: null, price: null });
});

test("a message has Twilio's keys in Twilio's order", () => {
  const row = at(rows, 5);
  expect(Object.keys(row).join()).toBe(
    'body,num_segments,direction,from,date_updated,price,error_message,uri,account_sid,num_media,to,date_created,status,sid,date_sent,messaging_service_sid,error_code,price_unit,api_version,subresource_uris',
  );
  expect(row.uri).toBe(`/2010-04-01/Accounts/${parent.sid}/Messages/${row.sid}.json`);
});

test('a fetch returns the same message as the list', async () => {
  for (const row of [...rows.slice(0, 12), at(rows, 3000), at(rows, -1)]) {
    expect((await kit.get<unknown>(row.uri)).body).toEqual(row);
  }
  const other = at(rows, 0).sid.replace('SM', 'MM');
  expect((await kit.getError(messages.replace('.json', `/${other}.json`))).status).toBe(404);
});

test('the data is deterministic per seed and epoch', async () => {
  const read = async (seed: number) => {
    const { sandbox, messages, walk } = sandboxKit({ seed });
    return JSON.stringify([sandbox.accounts, sandbox.apps, await walk(messages)]);
  };
  const one = await read(7);
  expect(await read(7)).toBe(one);
  const other = await read(8);
  const sids = (text: string) => new Set(text.match(/[A-Z]{2}[0-9a-f]{32}/g));
  expect([...sids(one)].filter((sid) => sids(other).has(sid))).toEqual([]);
});

test('each account has its own messages and senders', async () => {
  const { sandbox, get } = kit;
  const lists = await Promise.all(
    Object.values(sandbox.accounts).map(async ({ sid }) => {
      const { body } = await get(`/2010-04-01/Accounts/${sid}/Messages.json?PageSize=300`);
      return body.messages;
    }),
  );
  expect(lists.map((list) => list.length)).toEqual([300, 300, 300, expect.any(Number)]);
  expect(new Set(lists.flatMap(sidsOf)).size).toBe(lists.flat().length);
  const senders = lists.map(
    (list) => new Set(list.filter((m) => m.direction === 'outbound-api').map((m) => m.from)),
  );
  expect(senders[0]?.has('+12125550100')).toBe(true);
  expect(senders[1]?.has('+12125550100')).toBe(false);
});
