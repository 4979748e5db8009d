import { expect, test } from 'vitest';
import { at, sandboxAt, sidsOf } from './kit.ts';

test('PageSize above 1000 is clamped instead of refused', async () => {
  const { get, messages } = sandboxAt({ switches: { oversizedPage: 'clamp' } });
  expect((await get(`${messages}?PageSize=5000`)).body.page_size).toBe(1000);
});

test('large pages fail, smaller ones do not', async () => {
  const { get, refused, messages } = sandboxAt({ switches: { failAbovePageSize: 100 } });
  expect((await refused(`${messages}?PageSize=101`)).body).toMatchObject({ status: 500, code: 20500 });
  expect((await get(`${messages}?PageSize=100`)).status).toBe(200);
});

test('empty pages with a next page lose and repeat nothing, in both directions', async () => {
  const { sandbox, follow, walk, messages } = sandboxAt();
  const whole = sidsOf(await walk(messages));
  sandbox.set({ emptyPageWithNext: true });
  const pages = await follow(`${messages}?PageSize=100`, 'next_page_uri');
  expect(at(pages, 1)).toMatchObject({ messages: [], end: 0 });
  expect(pages.flatMap((page) => sidsOf(page.messages))).toEqual(whole);
  const back = (await follow(at(pages, -1).uri, 'previous_page_uri')).reverse();
  expect(back.flatMap((page) => sidsOf(page.messages))).toEqual(whole);
});

test('short pages lose nothing', async () => {
  const { sandbox, get, walk, messages } = sandboxAt();
  const whole = sidsOf(await walk(messages));
  sandbox.set({ maxItemsPerPage: 30 });
  const { body } = await get(`${messages}?PageSize=100`);
  expect(body.messages).toHaveLength(30);
  expect(body.page_size).toBe(100);
  expect(sidsOf(await walk(`${messages}?PageSize=100`))).toEqual(whole);
});

test.each(['first', 'last'] as const)('rows without date_sent come %s', async (nullDateOrder) => {
  const { sandbox, get, walk, messages } = sandboxAt();
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

test('a page token may be refused', async () => {
  const { sandbox, get, refused, messages } = sandboxAt();
  const { body } = await get(messages);
  sandbox.set({ pageTokenRefused: { next: 1 } });
  expect((await get(messages)).status).toBe(200);
  expect((await refused(body.next_page_uri ?? '')).body).toMatchObject({ status: 400, code: 21481 });
  expect((await get(body.next_page_uri ?? '')).status).toBe(200);
});
