import { expect, test } from 'vitest';
import { at, sandboxKit, sidsOf } from './kit.ts';

test('a PageSize above 1000 is clamped, if switched on', async () => {
  const { get, messages } = sandboxKit({ switches: { oversizedPage: 'clamp' } });
  expect((await get(`${messages}?PageSize=5000`)).body.page_size).toBe(1000);
});

test('pages above failAbovePageSize fail', async () => {
  const { get, getError, messages } = sandboxKit({ switches: { failAbovePageSize: 100 } });
  expect((await getError(`${messages}?PageSize=101`)).body).toMatchObject({ status: 500, code: 20500 });
  expect((await get(`${messages}?PageSize=100`)).status).toBe(200);
});

test('paging over empty pages returns each message once, in both directions', async () => {
  const { sandbox, follow, walk, messages } = sandboxKit();
  const whole = sidsOf(await walk(messages));
  sandbox.set({ emptyPageWithNext: true });
  const pages = await follow(`${messages}?PageSize=100`, 'next_page_uri');
  expect(at(pages, 1)).toMatchObject({ messages: [], end: 0 });
  expect(pages.flatMap((page) => sidsOf(page.messages))).toEqual(whole);
  const back = (await follow(at(pages, -1).uri, 'previous_page_uri')).reverse();
  expect(back.flatMap((page) => sidsOf(page.messages))).toEqual(whole);
});

test('paging over short pages returns each message once', async () => {
  const { sandbox, get, walk, messages } = sandboxKit();
  const whole = sidsOf(await walk(messages));
  sandbox.set({ maxItemsPerPage: 30 });
  const { body } = await get(`${messages}?PageSize=100`);
  expect(body.messages).toHaveLength(30);
  expect(body.page_size).toBe(100);
  expect(sidsOf(await walk(`${messages}?PageSize=100`))).toEqual(whole);
});

test.each(['first', 'last'] as const)('messages without date_sent come %s', async (nullDateOrder) => {
  const { sandbox, get, walk, messages } = sandboxKit();
  const whole = await walk(messages);
  sandbox.set({ nullDateOrder });
  const isNull = (row: { date_sent: string | null }) => row.date_sent === null;
  const groups = [whole.filter(isNull), whole.filter((row) => !isNull(row))];
  if (nullDateOrder === 'last') groups.reverse();
  const expected = sidsOf(groups.flat());
  expect(sidsOf(await walk(`${messages}?PageSize=7`))).toEqual(expected);

  let { body } = await get(`${messages}?PageSize=400`);
  body = (await get(body.next_page_uri ?? '')).body;
  body = (await get(body.previous_page_uri ?? '')).body;
  expect(sidsOf(body.messages)).toEqual(expected.slice(0, 400));
});

test('a page token is rejected, if switched on', async () => {
  const { sandbox, get, getError, messages } = sandboxKit();
  const { body } = await get(messages);
  sandbox.set({ pageTokenRefused: { next: 1 } });
  expect((await get(messages)).status).toBe(200);
  expect((await getError(body.next_page_uri ?? '')).body).toMatchObject({ status: 400, code: 21481 });
  expect((await get(body.next_page_uri ?? '')).status).toBe(200);
});
