import { describe, expect, test } from 'vitest';
import { parseFilterDate } from '../../src/sandbox/dates.ts';
import type { WireMessage } from '../../src/sandbox/sandbox.ts';
import { at, DAY, EPOCH, orderedAt, sandboxKit, sidsOf } from './kit.ts';

const kit = sandboxKit({ messages: 3000 });
const { get, getError, messages, walk } = kit;
const all = await walk(`${messages}?PageSize=1000`);
const list = async (query: string) => sidsOf(await walk(`${messages}?PageSize=1000&${query}`));
const matching = (test: (row: WireMessage) => boolean) => sidsOf(all.filter(test));
const sent = (row: WireMessage) => (row.date_sent === null ? Number.NaN : Date.parse(row.date_sent));
const enc = encodeURIComponent;

describe('To and From', () => {
  test.each([
    ['a number', /^\+1/],
    ['a WhatsApp address', /^whatsapp:/],
    ['an RCS agent', /^rcs:brand_agent$/],
    ['an alphanumeric sender', /^NORTHWIND$/],
    ['a Messenger page', /^messenger:/],
  ])('match %s exactly', async (_, pattern) => {
    const row = all.find(({ from, to }) => pattern.test(from ?? '') && to);
    const [from, to] = [row?.from ?? '', row?.to ?? ''];
    const found = await list(`From=${enc(from)}&To=${enc(to)}`);
    expect(found).toContain(row?.sid);
    expect(found).toEqual(matching((other) => other.from === from && other.to === to));
  });

  test('a bare number does not match its WhatsApp messages', async () => {
    const address = all.find(({ from }) => from?.startsWith('whatsapp:+1'))?.from ?? '';
    const bare = address.slice('whatsapp:'.length);
    expect(await list(`From=${enc(bare)}`)).toEqual(matching(({ from }) => from === bare));
    expect(matching(({ from }) => from === address).length).toBeGreaterThan(0);
  });

  test('an unencoded plus sign is a space and matches nothing', async () => {
    expect(await list('From=+12125550100')).toEqual([]);
    expect((await list('From=%2B12125550100')).length).toBeGreaterThan(0);
  });
});

test('To and From find what the whole list has, whatever arrives, is added, changed or deleted', async () => {
  const changing = sandboxKit({ messages: 1500 });
  const { sandbox, parent } = changing;
  const path = changing.messages;
  const compare = async () => {
    const rows = await changing.walk(`${path}?PageSize=1000`);
    const persons = rows.map(({ direction, from, to }) => (direction === 'inbound' ? from : to));
    // The first few are those of the newest messages, and of the added ones.
    for (const person of new Set([...persons.slice(0, 20), ...persons.slice(-20)])) {
      for (const side of ['to', 'from'] as const) {
        const wanted = sidsOf(rows.filter((row) => row[side] === person));
        const query = `PageSize=2&${side === 'to' ? 'To' : 'From'}=${enc(person ?? '')}`;
        const found = await changing.follow(`${path}?${query}`, 'next_page_uri');
        expect(found.flatMap((page) => sidsOf(page.messages))).toEqual(wanted);
        const back = await changing.follow(found.at(-1)?.uri ?? '', 'previous_page_uri');
        expect(back.reverse().flatMap((page) => sidsOf(page.messages))).toEqual(wanted);
      }
    }
    return rows;
  };
  const [first, , third] = await compare();
  sandbox.set({ arrivalSeconds: 60, undated: 0.2, redacted: 0.2, deleted: 0.2, lateArrival: 0.2 });
  changing.advance(3 * 3600);
  sandbox.deleteMessage(first?.sid ?? '');
  const to = third?.to ?? '';
  const { sid } = sandbox.addMessage(parent.sid, { to });
  sandbox.addMessage(parent.sid, { to: '+12125559999', date_sent: null, status: 'queued' });
  expect(sidsOf(await compare())).toContain(sid);
  sandbox.updateMessage(sid, { body: '', date_sent: third?.date_sent ?? null });
  const list = sidsOf(await compare());
  expect(list).toContain(sid);
  expect(list.length).toBeGreaterThan(1000);
  expect(list).not.toContain(first?.sid);
});

describe('DateSent', () => {
  const day = Date.UTC(2026, 5, 10);
  const onDay = matching((row) => sent(row) >= day && sent(row) < day + DAY);

  test('equality matches the whole GMT day', async () => {
    expect(onDay.length).toBeGreaterThan(0);
    expect(await list('DateSent=2026-06-10')).toEqual(onDay);
    expect(await list('DateSent=2026-06-10T15:00:00Z')).toEqual(onDay);
  });

  test('a date without a time is midnight, so an upper bound excludes its day', async () => {
    expect(await list('DateSent<=2026-06-10')).toEqual(matching((row) => sent(row) <= day));
    expect(await list('DateSent%3E=2026-06-10')).toEqual(matching((row) => sent(row) >= day));
  });

  test('bounds are inclusive to the second', async () => {
    const row = all.find(({ sid }) => sid === onDay[0]);
    const moment = enc(new Date(sent(row as WireMessage)).toISOString().replace('.000Z', 'Z'));
    expect(await list(`DateSent%3C=${moment}&DateSent%3E=${moment}`)).toEqual([row?.sid]);
  });

  test('both bounds together', async () => {
    const found = await list('DateSent>=2026-06-01T06:30:00Z&DateSent<=2026-06-03T18:00:00Z');
    const [from, to] = [Date.UTC(2026, 5, 1, 6, 30), Date.UTC(2026, 5, 3, 18)];
    expect(found).toEqual(matching((row) => sent(row) >= from && sent(row) <= to));
    expect(found.length).toBeGreaterThan(5);
  });

  test('pages, also together with From', async () => {
    const found = await walk(`${messages}?PageSize=3&From=%2B12125550100&DateSent>=2026-05-01`);
    const from = Date.UTC(2026, 4, 1);
    expect(sidsOf(found)).toEqual(matching((row) => row.from === '+12125550100' && sent(row) >= from));
  });

  test('excludes messages without date_sent, or matches their date_created', async () => {
    const query = `DateSent%3E=${new Date(EPOCH - DAY).toISOString().slice(0, 19)}Z`;
    const found = await list(query);
    const recent = all.filter((row) => orderedAt(row) >= EPOCH - DAY);
    expect(found).toEqual(sidsOf(recent.filter(({ date_sent }) => date_sent !== null)));
    kit.sandbox.set({ nullDateMatches: true });
    expect(await list(query)).toEqual(sidsOf(recent));
    kit.sandbox.set({ nullDateMatches: false });
    expect(recent.length).toBeGreaterThan(found.length);
  });

  test('equality with a time matches that second, if switched on', async () => {
    const row = at(
      all.filter(({ sid }) => onDay.includes(sid)),
      0,
    );
    kit.sandbox.set({ equalityWithTime: 'exact' });
    const moment = new Date(sent(row)).toISOString();
    expect(await list(`DateSent=${enc(moment)}`)).toEqual([row.sid]);
    kit.sandbox.set({ equalityWithTime: 'day' });
  });

  test.each(['>=2026-06-01', 'yesterday', '2026-13-01', '2026-02-30', '2026-06-01T25:00:00Z'])(
    'DateSent=%s is rejected',
    async (value) => {
      const answer = await getError(`${messages}?DateSent=${value}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 20001, message: 'Invalid date value.' } });
    },
  );
});

test('unknown parameters and empty values are ignored', async () => {
  const { body } = await get(`${messages}?Status=failed&Direction=inbound&Body=x&From=&DateSent=`);
  expect(body.uri).toBe(`${messages}?PageSize=50&Page=0`);
  expect(sidsOf(body.messages)).toEqual(sidsOf(all.slice(0, 50)));
});

test.each([
  ['2019-06-11', '2019-06-11T00:00:00Z', false],
  ['2020', '2020-01-01T00:00:00Z', false],
  ['2020-12', '2020-12-01T00:00:00Z', false],
  ['06/11/2019 22:05:25 MST', '2019-06-12T05:05:25Z', true],
  ['2019-06-11 22:05:25.000', '2019-06-11T22:05:25Z', true],
  ['Wed, 19 Jun 2019 22:04:00 -0000', '2019-06-19T22:04:00Z', true],
  ['2020-12-12T10:53:43-08:00', '2020-12-12T18:53:43Z', true],
  ['2020-12-12T10:53:43Z', '2020-12-12T10:53:43Z', true],
  ['2020-12-12T10:53:43.000-0800', '2020-12-12T18:53:43Z', true],
])('parses %s', (text, iso, hasTime) => {
  expect(parseFilterDate(text)).toEqual({ ms: Date.parse(iso), hasTime });
});
