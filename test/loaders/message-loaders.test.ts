import { describe, expect, test } from 'vitest';
import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import type { SidParams } from '../../src/twilio/resource.ts';
import { media } from '../../src/twilio/resources/media.ts';
import { messages } from '../../src/twilio/resources/messages.ts';
import { coded, failureOf, listMessages, loadersAt } from './kit.ts';

async function withMessages() {
  const kit = await loadersAt();
  const { own, parent, sandbox } = kit;
  const { found } = await listMessages(own(), parent.sid, {}, { first: 5 });
  sandbox.clearCalls();
  return { ...kit, keys: found.map(({ item }) => ({ AccountSid: parent.sid, Sid: item.sid })) };
}

const loadMany = (context: CredentialLoaders, keys: readonly SidParams[]) =>
  Promise.all(keys.map((key) => context.load(messages, key)));

const NOBODY = `SM${'0'.repeat(32)}`;

describe('messages by SID', () => {
  test('are read concurrently, duplicates once, and are returned by key', async () => {
    const { own, keys, apiPaths } = await withMessages();
    const context = own();
    const mixed = [...keys.toReversed(), ...keys.map((key) => ({ ...key }))];
    const found = await loadMany(context, mixed);
    expect(found).toMatchObject(mixed.map(({ Sid: sid }) => ({ sid })));
    expect(apiPaths().sort()).toEqual(
      keys.map(({ AccountSid, Sid }) => `/2010-04-01/Accounts/${AccountSid}/Messages/${Sid}.json`).sort(),
    );
  });

  test('are null if they do not exist, and do not affect the others', async () => {
    const { own, keys, parent } = await withMessages();
    const [key] = keys;
    if (!key) return expect.fail('no message');
    const found = await loadMany(own(), [{ AccountSid: parent.sid, Sid: NOBODY }, key]);
    expect(found).toMatchObject([null, { sid: key.Sid }]);
  });

  test('of another account result in an error that names the missing credential', async () => {
    const { own, active, sandbox } = await withMessages();
    const key = { AccountSid: active.sid, Sid: NOBODY };
    for (const change of [
      { otherAccountCode: 70051 },
      { otherAccountCode: 20003 },
      { resourceMissing: 1 },
    ] as const) {
      sandbox.set(change);
      expect(await failureOf(own().load(messages, key))).toMatchObject(
        coded('CREDENTIAL_MISSING', { accountSid: active.sid, credential: 'sandbox' }),
      );
    }
  });

  test('on a page of the same request need no call', async () => {
    const { own, parent, apiPaths } = await loadersAt();
    const context = own();
    const { found } = await listMessages(context, parent.sid, {}, { first: 3 });
    await loadMany(
      context,
      found.map(({ item }) => ({ AccountSid: parent.sid, Sid: item.sid })),
    );
    expect(apiPaths()).toHaveLength(1);
  });

  test('are read again by the next request', async () => {
    const { own, keys, apiPaths, sandbox } = await withMessages();
    const [key] = keys;
    if (!key) return expect.fail('no message');
    expect(await own().load(messages, key)).not.toBeNull();
    sandbox.deleteMessage(key.Sid);
    expect(await own().load(messages, key)).toBeNull();
    expect(apiPaths()).toHaveLength(2);
  });
});

describe('media of messages', () => {
  test('are empty for a message without media or a missing message', async () => {
    const { own, parent } = await withMessages();
    expect(await own().loadAll(media, { AccountSid: parent.sid, MessageSid: NOBODY })).toEqual([]);
  });

  test('of another account result in an error that names the missing credential', async () => {
    const { own, active } = await withMessages();
    const key = { AccountSid: active.sid, MessageSid: NOBODY };
    expect(await failureOf(own().loadAll(media, key))).toMatchObject(coded('CREDENTIAL_MISSING'));
  });

  test('result in an error with the permission that Twilio names', async () => {
    const { own, keys, permit } = await withMessages();
    permit('/twilio/messaging/messages/read');
    const [key] = keys;
    if (!key) return expect.fail('no message');
    expect(
      await failureOf(own().loadAll(media, { AccountSid: key.AccountSid, MessageSid: key.Sid })),
    ).toMatchObject(coded('TWILIO_PERMISSION_MISSING', { permission: '/twilio/messaging/media/list' }));
  });
});

describe('pages of messages', () => {
  test('are shared by fields with the same arguments, however they are written', async () => {
    const { own, parent, apiPaths } = await loadersAt();
    const context = own();
    const windows = await Promise.all([
      listMessages(context, parent.sid, {}, { first: 5 }),
      listMessages(context, parent.sid, { to: null, status: [] }, { first: 5 }),
    ]);
    expect(apiPaths()).toHaveLength(1);
    expect(windows[0]?.endCursor()).toBe(windows[1]?.endCursor());
  });

  test("learn the account's retention from one rejection, even if several are rejected", async () => {
    const day = 86_400_000;
    const clock = () => Date.UTC(2026, 5, 15, 12);
    const { own, parent, apiPaths } = await loadersAt({ clock, switches: { retentionDays: 30 } });
    const context = own();
    const since = new Date(clock() - 100 * day);
    const read = (first: number) => listMessages(context, parent.sid, { dateSent: { since } }, { first });
    const windows = await Promise.all([1, 2, 3, 4, 5, 6].map(read));
    expect(windows.map(({ truncated }) => truncated)).toEqual(Array(6).fill(true));
    expect(apiPaths()).toHaveLength(12);
    const late = { dateSent: { until: new Date(clock() - 40 * day) } };
    expect(await failureOf(listMessages(context, parent.sid, late, { first: 1 }))).toMatchObject(
      coded('MESSAGE_HISTORY_LIMIT', { retentionDays: 30, earliestDate: '2026-05-17' }),
    );
  });

  test('with a page token that Twilio no longer accepts result in an error with the argument', async () => {
    const { own, parent, sandbox } = await loadersAt();
    const one = await listMessages(own(), parent.sid, {}, { first: 5 });
    const two = await listMessages(own(), parent.sid, {}, { first: 5, after: one.endCursor() });
    sandbox.set({ pageTokenRefused: 1 });
    const after = listMessages(own(), parent.sid, {}, { first: 5, after: one.endCursor() });
    expect(await failureOf(after)).toMatchObject(coded('CURSOR_INVALID', { argument: 'after' }));
    const middle = two.found[2];
    const before = middle ? two.cursorOf(middle) : '';
    const back = listMessages(own(), parent.sid, {}, { last: 2, before });
    expect(await failureOf(back)).toMatchObject(coded('CURSOR_INVALID', { argument: 'before' }));
  });
});
