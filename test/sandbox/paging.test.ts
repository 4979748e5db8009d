import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, sandboxKit, sidsOf } from './kit.ts';

const kit = sandboxKit();
const { get, follow, getError, messages, walk } = kit;

test("an envelope has Twilio's keys in Twilio's order", async () => {
  const { body } = await get(`${messages}?PageSize=2`);
  expect(Object.keys(body)).toEqual([
    'first_page_uri',
    'end',
    'previous_page_uri',
    'messages',
    'uri',
    'page_size',
    'start',
    'next_page_uri',
    'page',
  ]);
  expect(body).toMatchObject({ start: 0, end: 1, page: 0, page_size: 2, previous_page_uri: null });
  expect(body.first_page_uri).toBe(`${messages}?PageSize=2&Page=0`);
  const last = at(body.messages, -1).sid;
  expect(body.next_page_uri).toBe(`${messages}?PageSize=2&Page=1&PageToken=PA${last}`);
});

test('later pages continue the numbering; their previous_page_uri names their first item', async () => {
  const { body: first } = await get(`${messages}?PageSize=2`);
  const { body: second } = await get(first.next_page_uri ?? '');
  expect(second).toMatchObject({ start: 2, end: 3, page: 1, uri: first.next_page_uri });
  const token = `PB${at(second.messages, 0).sid}`;
  expect(second.previous_page_uri).toBe(`${messages}?PageSize=2&Page=0&PageToken=${token}`);
});

test('an empty page ends at 0 and has no neighbours', async () => {
  const { body } = await get(`${messages}?To=%2B19999999999`);
  expect(body).toMatchObject({ messages: [], start: 0, end: 0, next_page_uri: null, page_size: 50 });
});

test('repeats the filters in its URIs, in order and encoded', async () => {
  const filter = 'DateSent%3C=2026-06-14+22%3A00%3A00&From=%2B12125550100&Colour=red&To=%2B12125550122';
  const { body } = await get(`${messages}?${filter}`);
  expect(body.uri).toBe(
    `${messages}?To=%2B12125550122&From=%2B12125550100&DateSent%3C=2026-06-14+22%3A00%3A00&PageSize=50&Page=0`,
  );
});

test('paging forward and then back returns each message once with any page size', async () => {
  const whole = sidsOf(await walk(`${messages}?PageSize=1000`));
  expect(new Set(whole).size).toBe(whole.length);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 20, max: 700 }), async (size) => {
      const pages = await follow(`${messages}?PageSize=${size}`, 'next_page_uri');
      expect(pages.flatMap((page) => sidsOf(page.messages))).toEqual(whole);

      const back = (await follow(at(pages, -1).uri, 'previous_page_uri')).reverse();
      expect(back.flatMap((page) => sidsOf(page.messages))).toEqual(whole);
      expect(back.map((page) => page.page)).toEqual(pages.map((page) => page.page));
      if (pages.length > 1) expect(at(back, 0).next_page_uri).toBe(at(pages, 0).next_page_uri);
    }),
    { numRuns: 6 },
  );
});

describe('during changes', () => {
  test('new messages do not shift pages', async () => {
    const { sandbox, ...live } = sandboxKit();
    const { body: first } = await live.get(`${live.messages}?PageSize=5`);
    const { body: expected } = await live.get(first.next_page_uri ?? '');
    const added = sandbox.addMessage('parent', { body: 'new' });
    expect((await live.get(first.next_page_uri ?? '')).body.messages).toEqual(expected.messages);
    expect(at((await live.get(live.messages)).body.messages, 0)).toEqual(added);
  });

  test('a token stays valid after its item is deleted', async () => {
    const { sandbox, ...live } = sandboxKit();
    const { body: first } = await live.get(`${live.messages}?PageSize=5`);
    const { body: expected } = await live.get(first.next_page_uri ?? '');
    const last = at(first.messages, -1);
    sandbox.deleteMessage(last.sid);
    expect((await live.get(first.next_page_uri ?? '')).body.messages).toEqual(expected.messages);
    expect((await live.getError(last.uri)).body.code).toBe(20404);
    expect(sidsOf(await live.walk(live.messages))).not.toContain(last.sid);
  });

  test('added messages are sorted by date and page like all others', async () => {
    const { sandbox, ...live } = sandboxKit({ messages: 60 });
    const before = await live.walk(live.messages);
    const neighbour = at(before, 30);
    const early = sandbox.addMessage('parent', { date_sent: neighbour.date_sent });
    const now = [sandbox.addMessage('parent'), sandbox.addMessage('parent')];
    const expected = sidsOf(before);
    expected.splice(30, 0, early.sid);
    expected.unshift(...sidsOf(now).reverse());
    expect(sidsOf(await live.walk(`${live.messages}?PageSize=1`))).toEqual(expected);
    const { body: last } = await live.get(`${live.messages}?PageSize=31`);
    const { body: next } = await live.get(last.next_page_uri ?? '');
    expect(sidsOf((await live.get(next.previous_page_uri ?? '')).body.messages)).toEqual(
      expected.slice(0, 31),
    );
  });
});

describe('rejects', () => {
  test.each([
    ['Page=3', 20001, 'PageToken is required for paging.'],
    ['Page=1&PageToken=PAnonsense', 21481, 'Invalid PageToken'],
    [`Page=1&PageToken=PASM${'0'.repeat(32)}`, 21481, 'Invalid PageToken'],
    ['PageSize=1001', 20007, 'Page size too large'],
    ['PageSize=0', 20001, 'Invalid PageSize.'],
    ['Page=-1', 20001, 'Invalid Page.'],
  ])('%s', async (query, code, message) => {
    const { status, body } = await getError(`${messages}?${query}`);
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    expect({ status, body }).toEqual({ status: 400, body: { code, message, more_info, status: 400 } });
  });

  test('but accepts Page=0 without a token, and the largest page', async () => {
    expect((await get(`${messages}?Page=0`)).status).toBe(200);
    expect((await get(`${messages}?PageSize=1000`)).body.page_size).toBe(1000);
  });
});

test("a message's page token contains no filter", async () => {
  const { body: filtered } = await get(`${messages}?From=%2B12125550100&PageSize=1`);
  const token = `PA${at(filtered.messages, 0).sid}`;
  const { body } = await get(`${messages}?Page=1&PageToken=${token}`);
  expect(new Set(body.messages.map(({ from }) => from)).size).toBeGreaterThan(1);
});
