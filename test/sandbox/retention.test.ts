import { expect, test } from 'vitest';
import { at, DAY, EPOCH, sandboxKit, sidsOf } from './kit.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 19);
const REFUSAL = {
  code: 20004,
  message: 'Date range specified in query is partially or entirely outside of retention window of 400 days',
  more_info: 'https://www.twilio.com/docs/errors/20004',
  status: 400,
};

test.each(['DateSent>', 'DateSent<', 'DateSent'])('%s beyond 400 days is an error', async (name) => {
  const { get, getError, messages } = sandboxKit();
  const query = (days: number) => `${messages}?${encodeURIComponent(name)}=${iso(EPOCH - days * DAY)}Z`;
  expect(await getError(query(401))).toMatchObject({ status: 400, body: REFUSAL });
  expect((await get(query(399))).status).toBe(200);
});

test('the limit is exact to the second', async () => {
  const { get, getError, messages } = sandboxKit();
  const border = EPOCH - 400 * DAY;
  expect((await get(`${messages}?DateSent%3E=${iso(border)}Z`)).status).toBe(200);
  expect((await getError(`${messages}?DateSent%3E=${iso(border - 1000)}Z`)).body.code).toBe(20004);
});

test('without a date filter the list ends at the limit', async () => {
  const { walk, messages } = sandboxKit();
  const oldest = Date.parse(at(await walk(`${messages}?PageSize=1000`), -1).date_created ?? '');
  expect(oldest).toBeGreaterThanOrEqual(EPOCH - 400 * DAY);
  expect(oldest).toBeLessThan(EPOCH - 395 * DAY);
});

test('a message and its media disappear at the end of retention', async () => {
  const { walk, get, getError, messages, advance } = sandboxKit();
  const oldest = at(await walk(`${messages}?PageSize=1000`), -1);
  expect((await get(oldest.uri)).status).toBe(200);
  advance(5 * 86_400);
  expect((await getError(oldest.uri)).body).toMatchObject({ status: 404, code: 20404 });
  expect((await getError(oldest.subresource_uris.media ?? '')).body.code).toBe(20404);
  expect(sidsOf(await walk(messages))).not.toContain(oldest.sid);
});

test('an account can have a shorter retention, as the error says', async () => {
  const { getError, walk, messages } = sandboxKit({ switches: { retentionDays: 30 } });
  const { body } = await getError(`${messages}?DateSent%3E=${iso(EPOCH - 31 * DAY)}Z`);
  expect(body.message).toMatch(/window of 30 days$/);
  const rows = await walk(messages);
  expect(Date.parse(at(rows, -1).date_created ?? '')).toBeGreaterThanOrEqual(EPOCH - 30 * DAY);
});

test('retention counts from creation, even if a message was sent days later', async () => {
  const { sandbox, get, messages } = sandboxKit({ messages: 0 });
  const date = (days: number) => new Date(EPOCH - days * DAY).toUTCString().replace('GMT', '+0000');
  const kept = sandbox.addMessage('parent', { date_created: date(399), date_sent: date(397) });
  sandbox.addMessage('parent', { date_created: date(401), date_sent: date(398) });
  expect(sidsOf((await get(messages)).body.messages)).toEqual([kept.sid]);
});
