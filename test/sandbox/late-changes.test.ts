import { describe, expect, test } from 'vitest';
import type { WireMessage } from '../../src/sandbox/sandbox.ts';
import { at, DAY, EPOCH, sandboxKit, sidsOf } from './kit.ts';

const daySeconds = DAY / 1000;
const NEVER = 10 * 365 * daySeconds;
const ageOf = ({ date_created }: WireMessage, days: number) =>
  EPOCH + days * DAY - Date.parse(date_created ?? '');

/** All messages by SID, with the same seed, `days` after the epoch. */
async function rowsWith(switches: Parameters<typeof sandboxKit>[0], days = 0) {
  const kit = sandboxKit(switches);
  kit.advance(days * daySeconds);
  const rows = await kit.walk(`${kit.messages}?PageSize=1000`);
  return { ...kit, rows, bySid: new Map(rows.map((row) => [row.sid, row])) };
}

describe('late changes', () => {
  test('a share of the messages gets its final status late', async () => {
    const usual = await rowsWith({}, 1);
    const switches = { lateStatus: 0.2, lateStatusSeconds: 40 * daySeconds };
    const late = await rowsWith({ switches }, 1);
    expect(sidsOf(late.rows)).toEqual(sidsOf(usual.rows));
    const waiting = late.rows.filter(({ sid, status }) => usual.bySid.get(sid)?.status !== status);
    expect(new Set(waiting.map(({ status }) => status))).toEqual(new Set(['sent']));
    expect(waiting.length).toBeGreaterThan(2);
    for (const row of waiting) expect(ageOf(row, 1)).toBeLessThan(40 * DAY);
    const [first] = waiting;
    late.advance(40 * daySeconds);
    const after = (await late.get<WireMessage>(first?.uri ?? '')).body;
    expect(after.status).toBe(usual.bySid.get(after.sid)?.status);
    expect(Date.parse(after.date_updated ?? '')).toBeGreaterThanOrEqual(
      Date.parse(after.date_created ?? '') + 40 * DAY,
    );
  });

  test('a share loses its text, and says when', async () => {
    const usual = await rowsWith({}, 1);
    const redacted = await rowsWith({ switches: { redacted: 0.1, redactedAfterSeconds: 5 * daySeconds } }, 1);
    const changed = redacted.rows.filter(({ sid, body }) => usual.bySid.get(sid)?.body !== body);
    expect(changed.length).toBeGreaterThan(20);
    for (const row of changed) {
      expect(row.body).toBe('');
      expect(Date.parse(row.date_updated ?? '') - Date.parse(row.date_created ?? '')).toBeGreaterThanOrEqual(
        5 * DAY,
      );
    }
    expect(Math.min(...changed.map((row) => ageOf(row, 1)))).toBeGreaterThanOrEqual(5 * DAY);
  });

  test('a share is deleted at an age: it leaves lists and cannot be fetched', async () => {
    const usual = await rowsWith({}, 1);
    const switches = { deleted: 0.1, deletedAfterSeconds: 30 * daySeconds };
    const { bySid, getError, get } = await rowsWith({ switches }, 1);
    const gone = usual.rows.filter(({ sid }) => !bySid.has(sid));
    expect(gone.length).toBeGreaterThan(20);
    expect(gone.length).toBeLessThan(usual.rows.length / 5);
    expect(Math.min(...gone.map((row) => ageOf(row, 1)))).toBeGreaterThanOrEqual(30 * DAY);
    expect((await getError(at(gone, 0).uri)).body.code).toBe(20404);
    // A page token that names a deleted message still works.
    const token = `PageSize=1000&Page=1&PageToken=PA${at(gone, 0).sid}`;
    const { body } = await get(`/2010-04-01/Accounts/${at(gone, 0).account_sid}/Messages.json?${token}`);
    expect(body.messages.length).toBeGreaterThan(0);
  });

  test('lists omit a share for a while, and a fetch finds it', async () => {
    const usual = await rowsWith({}, 0.5);
    const late = await rowsWith({ switches: { lateArrival: 0.3, lateArrivalSeconds: 20 * daySeconds } }, 0.5);
    const missing = usual.rows.filter(({ sid }) => !late.bySid.has(sid));
    expect(missing.length).toBeGreaterThan(2);
    expect(Math.max(...missing.map((row) => ageOf(row, 0.5)))).toBeLessThan(20 * DAY);
    expect((await late.get(at(missing, 0).uri)).status).toBe(200);
    late.advance(20 * daySeconds);
    const sids = new Set(sidsOf(await late.walk(`${late.messages}?PageSize=1000`)));
    expect(missing.filter(({ sid }) => !sids.has(sid))).toEqual([]);
  });

  test('a share is rejected before it is sent, and no date filter finds it', async () => {
    const { rows, walk, messages } = await rowsWith({ switches: { undated: 0.3 } }, 1);
    const undated = rows.filter(({ date_sent }) => date_sent === null);
    expect(undated.length).toBeGreaterThan(rows.length / 8);
    expect(undated.filter(({ status }) => status === 'failed').length).toBeGreaterThan(rows.length / 8);
    const sent = await walk(
      `${messages}?PageSize=1000&DateSent%3E=${new Date(EPOCH - 399 * DAY).toISOString()}`,
    );
    expect(sent.filter(({ date_sent }) => date_sent === null)).toEqual([]);
  });

  test('the edge of retention moves with the clock', async () => {
    const kit = sandboxKit();
    const before = await kit.walk(`${kit.messages}?PageSize=1000`);
    kit.advance(30 * daySeconds);
    const after = await kit.walk(`${kit.messages}?PageSize=1000`);
    expect(after.length).toBeLessThan(before.length);
    expect(Math.max(...after.map((row) => ageOf(row, 30)))).toBeLessThanOrEqual(400 * DAY);
  });

  test('every switch can be off while messages are deleted by hand', async () => {
    const { sandbox, walk, messages } = sandboxKit({ messages: 0 });
    const one = sandbox.addMessage('parent', { status: 'queued', date_sent: null });
    const two = sandbox.addMessage('parent');
    sandbox.updateMessage(one.sid, {
      status: 'delivered',
      date_sent: new Date(EPOCH + 5000).toUTCString().replace('GMT', '+0000'),
    });
    expect(sidsOf(await walk(messages))).toEqual([one.sid, two.sid]);
    sandbox.updateMessage(two.sid, { body: '' });
    sandbox.deleteMessage(one.sid);
    expect(await walk(messages)).toMatchObject([{ sid: two.sid, body: '' }]);
    expect(() => sandbox.updateMessage(one.sid, {})).toThrow('no added message');
  });

  test('a share is a number from 0 to 1', () => {
    const { sandbox } = sandboxKit();
    expect(() => sandbox.set({ deleted: 1.5 })).toThrow('deleted must be a share from 0 to 1, not 1.5.');
    sandbox.set({ deleted: 1, deletedAfterSeconds: NEVER });
  });
});
