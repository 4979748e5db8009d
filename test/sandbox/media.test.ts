import { expect, test } from 'vitest';
import { sandboxKit } from './kit.ts';

const { walk, get, getError, messages } = sandboxKit();
const rows = await walk(`${messages}?PageSize=1000`);
const withMedia = rows.filter(({ num_media }) => num_media === '3');
const path = withMedia[0]?.subresource_uris.media ?? '';
const created = Date.parse(withMedia[0]?.date_created ?? '');
const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString());

test('a message has num_media media items', async () => {
  const { body } = await get(path);
  expect(body.media_list).toHaveLength(3);
  expect(new Set(body.media_list.map(({ sid }) => sid)).size).toBe(3);
  expect(body.media_list[0]).toEqual({
    sid: expect.stringMatching(/^ME[0-9a-f]{32}$/),
    account_sid: withMedia[0]?.account_sid,
    parent_sid: withMedia[0]?.sid,
    content_type: expect.stringMatching(/^(image|video|application)\//),
    date_created: withMedia[0]?.date_created,
    date_updated: expect.any(String),
    uri: path.replace('.json', `/${body.media_list[0]?.sid}.json`),
  });
});

test('a message without media has an empty list; an unknown message is 404', async () => {
  const plain = rows.find(({ num_media }) => num_media === '0');
  const { body } = await get(plain?.subresource_uris.media ?? '');
  expect(body).toMatchObject({ media_list: [], end: 0, next_page_uri: null });
  const unknown = path.replace(/MM[0-9a-f]{32}/, `MM${'0'.repeat(32)}`);
  expect((await getError(unknown)).body).toMatchObject({ status: 404, code: 20404 });
});

test('pages forward and back', async () => {
  const { body: whole } = await get(path);
  const { body: first } = await get(`${path}?PageSize=2`);
  expect(first.next_page_uri).toBe(`${path}?PageSize=2&Page=1&PageToken=PA${first.media_list[1]?.sid}`);
  const { body: second } = await get(first.next_page_uri ?? '');
  expect([...first.media_list, ...second.media_list]).toEqual(whole.media_list);
  expect(second).toMatchObject({ start: 2, end: 2, next_page_uri: null });
  expect((await get(second.previous_page_uri ?? '')).body.media_list).toEqual(first.media_list);
  expect((await getError(`${path}?Page=1`)).body.code).toBe(20001);
});

test('filters by DateCreated', async () => {
  const count = async (query: string) => (await get(`${path}?${query}`)).body.media_list.length;
  expect(await count(`DateCreated=${iso(created).slice(0, 10)}`)).toBe(3);
  expect(await count(`DateCreated%3E=${iso(created)}&DateCreated%3C=${iso(created)}`)).toBe(3);
  expect(await count(`DateCreated%3E=${iso(created + 1000)}`)).toBe(0);
  expect(await count(`DateCreated%3C=${iso(created - 1000)}`)).toBe(0);
  expect((await getError(`${path}?DateCreated=soon`)).body.message).toBe('Invalid date value.');
  expect((await getError(`${path}?DateCreated%3E=2020-01-01`)).body.code).toBe(20004);
});
