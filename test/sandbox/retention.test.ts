import { expect, test } from 'vitest';
import { at, DAY, EPOCH, sandboxAt, sidsOf } from './kit.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 19);
const REFUSAL = {
  code: 20004,
  message: 'Date range specified in query is partially or entirely outside of retention window of 400 days',
  more_info: 'https://www.twilio.com/docs/errors/20004',
  status: 400,
};

test.each(['DateSent>', 'DateSent<', 'DateSent'])('%s beyond 400 days is an error', async (name) => {
  const { get, refused, messages } = sandboxAt();
  const query = (days: number) => `${messages}?${encodeURIComponent(name)}=${iso(EPOCH - days * DAY)}Z`;
  expect(await refused(query(401))).toMatchObject({ status: 400, body: REFUSAL });
  expect((await get(query(399))).status).toBe(200);
});

test('the border is the very second', async () => {
  const { get, refused, messages } = sandboxAt();
  const border = EPOCH - 400 * DAY;
  expect((await get(`${messages}?DateSent%3E=${iso(border)}Z`)).status).toBe(200);
  expect((await refused(`${messages}?DateSent%3E=${iso(border - 1000)}Z`)).body.code).toBe(20004);
});

test('without a date filter the list just ends at the border', async () => {
  const { walk, messages } = sandboxAt();
  const oldest = Date.parse(at(await walk(`${messages}?PageSize=1000`), -1).date_created ?? '');
  expect(oldest).toBeGreaterThanOrEqual(EPOCH - 400 * DAY);
  expect(oldest).toBeLessThan(EPOCH - 395 * DAY);
});

test('a message is gone when its time is up, and its media with it', async () => {
  const { walk, get, refused, messages, pass } = sandboxAt();
  const oldest = at(await walk(`${messages}?PageSize=1000`), -1);
  expect((await get(oldest.uri)).status).toBe(200);
  pass(5 * 86_400);
  expect((await refused(oldest.uri)).body).toMatchObject({ status: 404, code: 20404 });
  expect((await refused(oldest.subresource_uris.media ?? '')).body.code).toBe(20404);
  expect(sidsOf(await walk(messages))).not.toContain(oldest.sid);
});

test('an account may keep less, and says so', async () => {
  const { refused, walk, messages } = sandboxAt({ switches: { retentionDays: 30 } });
  const { body } = await refused(`${messages}?DateSent%3E=${iso(EPOCH - 31 * DAY)}Z`);
  expect(body.message).toMatch(/window of 30 days$/);
  const rows = await walk(messages);
  expect(Date.parse(at(rows, -1).date_created ?? '')).toBeGreaterThanOrEqual(EPOCH - 30 * DAY);
});

test('counts from creation, also for a message that was sent days later', async () => {
  const { sandbox, get, messages } = sandboxAt({ messages: 0 });
  const date = (days: number) => new Date(EPOCH - days * DAY).toUTCString().replace('GMT', '+0000');
  const kept = sandbox.addMessage('parent', { date_created: date(399), date_sent: date(397) });
  sandbox.addMessage('parent', { date_created: date(401), date_sent: date(398) });
  expect(sidsOf((await get(messages)).body.messages)).toEqual([kept.sid]);
});
