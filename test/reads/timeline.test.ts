import { describe, expect, test } from 'vitest';
import { createCopies } from '../../src/loaders/copies.ts';
import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import { ReadSummary } from '../../src/loaders/read-summary.ts';
import { Timelines } from '../../src/loaders/timelines.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { createKit, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { wireMessage } from '../wire-message.ts';
import { type CopyKit, createSyncedKit } from './copy.ts';

const MESSAGE =
  'query($sid: MessageSid!) { message(sid: $sid) { status timeline { status at errorCode observedBy } } }';
const LIST = `query($source: MessageSource, $first: Int) {
  messages(first: $first, source: $source) { nodes { sid status errorCode dateUpdated timeline { status at errorCode observedBy } } }
}`;

interface Event {
  status: string;
  at: string;
  errorCode: number | null;
  observedBy: string;
}
const words = (timeline: Event[] | null) =>
  timeline?.map(({ status, errorCode, observedBy }) => [status, errorCode ?? '', observedBy].join(' ')) ??
  null;

/** Reads a message from Twilio, with its timeline. */
async function read(kit: Pick<CopyKit, 'query'>, sid: string) {
  const { data } = noErrors(await kit.query(MESSAGE, { sid }));
  return data.message as { status: string; timeline: Event[] | null };
}

describe('the timeline of a message', () => {
  test('has each status that a read or the sync has seen, and stays', async () => {
    const kit = await createSyncedKit();
    const accountSid = kit.sandbox.accounts.parent.sid;
    const { sid } = kit.sandbox.addMessage('parent', { status: 'queued', date_sent: null });
    expect(words((await read(kit, sid)).timeline)).toEqual(['QUEUED  READ']);
    const sent = kit.sandbox.updateMessage.bind(kit.sandbox);
    sent(sid, { status: 'sent' });
    expect(words((await read(kit, sid)).timeline)).toEqual(['QUEUED  READ', 'SENT  READ']);
    // As the sync saves it.
    const stored = await kit.history.find(accountSid, sid);
    const later = new Date(Date.now() + 5_000);
    await kit.history.savePage({
      accountSid,
      readAt: later,
      messages: [
        {
          ...wireMessage({ ...stored, status: 'undelivered', error_code: 30003 }),
          date_updated: later.toUTCString().replace('GMT', '+0000'),
        },
      ],
    });
    const all = ['QUEUED  READ', 'SENT  READ', 'UNDELIVERED 30003 SYNC'];
    // Twilio still says what is older than the copy.
    const { status, timeline } = await read(kit, sid);
    expect([status, words(timeline)]).toEqual(['SENT', all]);
    const copied = noErrors(await kit.countCalls(LIST, { source: 'HISTORY', first: 1 }));
    expect(copied.calls).toEqual([]);
    expect(copied.data.messages.nodes[0]).toMatchObject({ sid, status: 'UNDELIVERED', errorCode: 30003 });
    expect(words(copied.data.messages.nodes[0].timeline)).toEqual(all);
  });

  test('of a message with one status is that status, since its last update', async () => {
    const kit = await createSyncedKit();
    for (const source of ['TWILIO', 'HISTORY']) {
      const { data } = noErrors(await kit.query(LIST, { source, first: 20 }));
      for (const { status, errorCode, dateUpdated, timeline } of data.messages.nodes) {
        expect(timeline).toEqual([{ status, errorCode, at: dateUpdated, observedBy: 'READ' }]);
      }
    }
  });

  test('takes one read of the copy for all messages of a page, and no call', async () => {
    const kit = await createSyncedKit();
    const reads: number[] = [];
    const history = {
      ...kit.history,
      timelines: (accountSid: string, sids: readonly string[]) => {
        reads.push(sids.length);
        return kit.history.timelines(accountSid, sids);
      },
    };
    const counting = createKit({ over: kit.sandbox, history });
    const { calls } = noErrors(await counting.countCalls(LIST, { source: 'TWILIO', first: 50 }));
    expect(calls).toHaveLength(1);
    expect(reads).toEqual([50]);
  });

  test('is null without a copy, for a copy that is disabled, and for what the copy no longer has', async () => {
    const kit = await createSyncedKit();
    const accountSid = kit.sandbox.accounts.parent.sid;
    const { data } = noErrors(await kit.query(LIST, { source: 'HISTORY', first: 1 }));
    const [{ sid }] = data.messages.nodes;
    expect((await read(createKit({ over: kit.sandbox }), sid)).timeline).toBeNull();
    const erasing = {
      ...kit.history,
      async timelines(account: string, sids: readonly string[]) {
        await kit.history.eraseMessages(account, sids);
        return kit.history.timelines(account, sids);
      },
    };
    const racing = createKit({ over: kit.sandbox, history: erasing });
    const raced = noErrors(await racing.query(LIST, { source: 'HISTORY', first: 1 }));
    expect(raced.data.messages.nodes).toMatchObject([{ sid, timeline: null }]);
    expect(await kit.history.find(accountSid, sid)).toBeNull();
    const policy = await kit.history.policy(accountSid);
    if (policy) await kit.history.setPolicy({ ...policy, enabled: false });
    expect((await read(kit, sid)).timeline).toBeNull();
  });

  test('is null for a credential that may not list messages; the message is shown', async () => {
    const { sandbox, history } = await createSyncedKit();
    const { sid } = sandbox.addMessage('parent', {});
    const [app] = sandbox.apps;
    sandbox.setPermissions(app?.clientId ?? '', [
      '/twilio/iam/accounts/read',
      '/twilio/messaging/messages/read',
    ]);
    const kit = await createManagedKit({ over: sandbox, history });
    await kit.addCredential('reads one by one');
    const { data } = noErrors(await kit.admin(MESSAGE, { sid }));
    expect(data.message).toMatchObject({ status: expect.any(String), timeline: null });
  });

  test('is shown under any field policy: it has no personal data', async () => {
    const { sandbox, history } = await createSyncedKit();
    const { sid } = sandbox.addMessage('parent', { status: 'queued' });
    const kit = await createManagedKit({ over: sandbox, history });
    const hidden = { bodies: 'HIDDEN', addresses: 'HIDDEN', media: 'HIDDEN' } as const;
    const key = await kit.readerKey([await kit.addCredential('main')], { fieldPolicy: hidden });
    const { data } = noErrors(await kit.query(MESSAGE, { sid }, key));
    expect(words(data.message.timeline)).toEqual(['QUEUED  READ']);
  });

  test('fails alone while the database is not available', async () => {
    const kit = await createSyncedKit();
    const { sid } = kit.sandbox.addMessage('parent', { status: 'sent' });
    const down = async () => {
      throw new StoreUnavailableError('the server closed the connection.');
    };
    const history = { ...kit.history, timelines: down, savePage: down };
    const { data, errors } = await createKit({ over: kit.sandbox, history }).query(MESSAGE, { sid });
    expect(data.message).toEqual({ status: 'SENT', timeline: null });
    expect(errors).toMatchObject([
      { path: ['message', 'timeline'], extensions: { code: 'STORE_UNAVAILABLE' } },
    ]);
    // Where only the write fails, nothing is missing.
    const full = createKit({ over: kit.sandbox, history: { ...kit.history, savePage: down } });
    expect(words((await read(full, sid)).timeline)).toEqual(['SENT  READ']);
  });
});

test('a response with a timeline is cached for two seconds at most, and not at all after a failure', async () => {
  const { history, sandbox } = await createSyncedKit();
  const accountSid = sandbox.accounts.parent.sid;
  const credential = { id: 'one', accountSid, permissions: [], refused: null };
  const key = {
    wire: wireMessage({ account_sid: accountSid }),
    via: { credential } as unknown as CredentialLoaders,
    source: 'TWILIO' as const,
  };
  const inspect = createCopies(history, Date.now);
  const load = async (own: typeof history) => {
    const reads = new ReadSummary();
    const timelines = new Timelines({ copies: { history: own, inspect }, reads, now: Date.now });
    await timelines.load(key).catch(() => {});
    return reads.expiresAt;
  };
  expect(await load(history)).toBeLessThanOrEqual(performance.now() + 2_000);
  const down = async () => {
    throw new StoreUnavailableError('no connection.');
  };
  expect(await load({ ...history, timelines: down })).toBe(0);
});
