import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type HistorySlice,
  type HistoryStore,
  LeaseLostError,
  type MessageKey,
} from '../../src/history/history-store.ts';
import { versionsOf } from '../../src/history/versions.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';
import type { TestHistory } from './stores.ts';

const accountSid = `AC${'a'.repeat(32)}`;
const other = `AC${'b'.repeat(32)}`;
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - days * DAY_MS);
const wireDate = (date: Date) => date.toUTCString().replace('GMT', '+0000');
const wireDateIn = (date: string | null, since: Date, until: Date) =>
  Date.parse(date ?? '') >= since.getTime() && Date.parse(date ?? '') <= until.getTime();
const sidOf = (index: number) => `SM${index.toString(16).padStart(32, '0')}`;

const message = (index: number, days: number, fields: Partial<WireMessage> = {}): WireMessage => ({
  ...wireMessage({ sid: sidOf(index), account_sid: accountSid, body: `text ${index}` }),
  date_created: wireDate(daysAgo(days)),
  date_sent: wireDate(daysAgo(days)),
  date_updated: wireDate(daysAgo(days)),
  ...fields,
});
const everything = { accountSids: [accountSid], criteria: {} };
const newest = { order: 'NEWEST_FIRST', limit: 100 } as const;

/** What the searches do not cover, on one engine. */
export function storeSuite(engine: TestHistory): void {
  let location: string;
  let store: HistoryStore;
  beforeAll(engine.start, 60_000);
  afterAll(engine.stop);
  beforeEach(async () => {
    location = await engine.empty();
    store = await engine.open(location);
    await store.setPolicy(policyOf(accountSid));
    return () => store.close();
  });

  const save = (messages: readonly WireMessage[], readAt = new Date()) =>
    store.savePage({ accountSid, messages, readAt });
  const sids = async () =>
    (await store.list(everything, newest)).messages.map(({ sid }) => Number.parseInt(sid.slice(2), 16));

  describe(`pages (${engine.name})`, () => {
    test('are saved once; older updates are dropped, equal ones applied', async () => {
      const page = [message(1, 1), message(2, 2)];
      expect(await save(page)).toEqual({ inserted: 2, updated: 0, deleted: 0 });
      expect(await save(page)).toEqual({ inserted: 0, updated: 0, deleted: 0 });
      const older = message(1, 1, { status: 'sent', date_updated: wireDate(daysAgo(3)) });
      expect(await save([older])).toEqual({ inserted: 0, updated: 0, deleted: 0 });
      const redacted = message(1, 1, { body: '' });
      expect(await save([redacted])).toEqual({ inserted: 0, updated: 1, deleted: 0 });
      expect(await store.find(accountSid, sidOf(1))).toEqual(redacted);
    });

    test('need only what the store does not have in the same version', async () => {
      const stored = [message(1, 1), message(2, 40), { ...message(3, 3), date_created: null }];
      await save(stored);
      const fields = Object.keys(message(1, 1)).filter((name) => name !== 'sid' && name !== 'account_sid');
      const others = fields.map((name) => ({ ...message(1, 1), [name]: 'another' }));
      const changed = (messages: readonly WireMessage[]) =>
        store.findChanged(accountSid, versionsOf(messages));
      expect(await changed([...stored, message(4, 1), ...others])).toEqual([
        3,
        ...others.map((_, at) => 4 + at),
      ]);
      expect(await changed([])).toEqual([]);
      const redacted = { ...message(1, 1), body: '' };
      await save([redacted]);
      expect(await changed([redacted, ...stored])).toEqual([1]);
      // What an erased text was made of says nothing about the one that is to be stored.
      await store.setPolicy({ ...policyOf(accountSid), keepsBodies: false });
      await save([redacted]);
      await store.setPolicy(policyOf(accountSid));
      expect(await changed([redacted, message(2, 40)])).toContain(1);
      await store.setPolicy({ ...policyOf(accountSid), enabled: false });
      expect(await changed(stored)).toEqual([0, 1, 2]);
      expect(await store.findChanged(other, versionsOf(stored))).toEqual([0, 1, 2]);
    });

    test('that lack the time of a message whose time is known do not store it twice', async () => {
      await save([message(1, 1)]);
      await save([message(1, 1, { date_created: null, status: 'failed' }), message(2, 300)]);
      expect(await store.count(everything)).toBe(2);
      expect(await store.find(accountSid, sidOf(1))).toMatchObject({ status: 'failed' });
    });

    test('of an account without a policy, or one that is disabled, save nothing', async () => {
      const page = { messages: [message(1, 1)], readAt: new Date() };
      expect(await store.savePage({ ...page, accountSid: other })).toMatchObject({ inserted: 0 });
      await store.setPolicy({ ...policyOf(accountSid), enabled: false });
      expect(await save(page.messages)).toMatchObject({ inserted: 0 });
      expect(await store.count(everything)).toBe(0);
    });

    test('what was written after the read began is not deleted by it', async () => {
      const began = new Date(Date.now() - 60_000);
      await save([message(1, 1), message(2, 2)], new Date(began.getTime() - 1000));
      await save([message(3, 1)], new Date());
      const complete = { of: 'sent', since: null, until: null, sids: [sidOf(2)], readAt: began } as const;
      expect(await store.savePage({ accountSid, messages: [], readAt: began, complete })).toEqual({
        inserted: 0,
        updated: 0,
        deleted: 1,
      });
      expect(await sids()).toEqual([3, 2]);
    });

    test('older than the policy are not kept; retention erases what becomes older', async () => {
      await save([message(1, 1), message(2, 40), message(3, 200), message(4, 399)]);
      await store.setPolicy({ ...policyOf(accountSid), days: 300 });
      expect(await sids()).toEqual([1, 2, 3]);
      await save([message(4, 399), message(5, 10)]);
      expect(await sids()).toEqual([1, 5, 2, 3]);
      await store.setPolicy({ ...policyOf(accountSid), days: 30 });
      expect(await sids()).toEqual([1, 5]);
      expect((await store.stats({ ...everything, dimensions: ['status'] })).total.messages).toBe(2);
      expect(await store.status(accountSid)).toMatchObject({ messages: 2 });
    });

    test('the retention of one account leaves the messages of another', async () => {
      await store.setPolicy(policyOf(other));
      await store.savePage({ accountSid: other, messages: [message(9, 200)], readAt: new Date() });
      await save([message(1, 1), message(3, 200)]);
      await store.setPolicy({ ...policyOf(accountSid), days: 30 });
      expect(await sids()).toEqual([1]);
      expect(await store.count({ ...everything, accountSids: [other] })).toBe(1);
    });

    test('a message without any date is stored and counted', async () => {
      const undated = { ...message(1, 1), date_created: null, date_sent: null, date_updated: null };
      await save([undated]);
      expect(await store.find(accountSid, sidOf(1))).toEqual(undated);
      const dated = message(1, 1);
      await save([dated]);
      expect(await store.find(accountSid, sidOf(1))).toEqual(dated);
      expect((await store.stats({ ...everything, dimensions: [], interval: 'DAY' })).groups).toHaveLength(1);
    });

    test('damaged prices are stored but cost nothing', async () => {
      const price = '-99999999999999999999.9';
      await save([
        message(1, 1, { price, price_unit: 'USD' }),
        message(2, 1, { price: '-0.01', price_unit: 'USD' }),
      ]);
      expect((await store.find(accountSid, sidOf(1)))?.price).toBe(price);
      const { total } = await store.stats({ ...everything, dimensions: [] });
      expect(total.cost).toEqual([{ currency: 'USD', amount: '0.01000' }]);
    });
  });

  describe(`accounts (${engine.name})`, () => {
    const account = {
      sid: accountSid,
      friendly_name: 'Schwarzwälder Kirschtorte',
      status: 'active',
      type: 'Full',
      owner_account_sid: null,
      date_created: null,
      date_updated: null,
    };

    test('are replaced, erased with the messages, and not shown while disabled', async () => {
      expect(await store.account(accountSid)).toBeNull();
      await store.saveAccount({ account: { ...account, friendly_name: 'Before' }, readAt: daysAgo(1) });
      const copied = { account, readAt: daysAgo(0) };
      await store.saveAccount(copied);
      expect(await store.account(accountSid)).toEqual(copied);
      // A policy that changes something else leaves it.
      await store.setPolicy({ ...policyOf(accountSid), enabled: false });
      expect(await store.account(accountSid)).toBeNull();
      await store.setPolicy({ ...policyOf(accountSid), days: 30 });
      expect(await store.account(accountSid)).toEqual(copied);
      await store.compact();
      expect((await engine.bytes(location)).includes('Kirschtorte')).toBe(true);
      await store.eraseAccount(accountSid);
      expect(await store.account(accountSid)).toBeNull();
      await store.compact();
      expect((await engine.bytes(location)).includes('Kirschtorte')).toBe(false);
    });

    test('without a policy, or with one that is disabled, are not saved', async () => {
      const copied = { account: { ...account, sid: other }, readAt: daysAgo(0) };
      await store.saveAccount(copied);
      await store.setPolicy({ ...policyOf(other), enabled: false });
      await store.saveAccount(copied);
      await store.setPolicy(policyOf(other));
      expect(await store.account(other)).toBeNull();
    });
  });

  describe(`timelines (${engine.name})`, () => {
    const second = (value: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, value));
    const version = (status: string, updated: number, fields: Partial<WireMessage> = {}) =>
      message(1, 1, {
        status,
        date_created: wireDate(second(0)),
        date_updated: wireDate(second(updated)),
        ...fields,
      });
    const timeline = async () => {
      const [found] = await store.timelines(accountSid, [sidOf(1), sidOf(2)]);
      return (
        found?.events.map(({ status, errorCode, at, observedBy }) =>
          [status, errorCode, at.getUTCSeconds(), observedBy].filter((part) => part !== null).join(' '),
        ) ?? null
      );
    };
    const see = (one: WireMessage, observedBy?: 'READ') =>
      store.savePage({ accountSid, messages: [one], readAt: second(30), observedBy });

    test('have each status once, since when and by which way it was first seen', async () => {
      expect(await timeline()).toBeNull();
      await see(version('queued', 1), 'READ');
      expect(await timeline()).toEqual(['queued 1 READ']);
      await see(version('queued', 1));
      await see(version('sent', 4));
      // Priced, redacted: no other status.
      await see(version('sent', 9, { price: '-0.00750' }), 'READ');
      await see(version('sent', 11, { body: '' }));
      // Older than the copy.
      await see(version('sending', 3), 'READ');
      await see(version('undelivered', 15, { error_code: 30003 }));
      await see(version('undelivered', 20, { error_code: 30005 }), 'READ');
      await see(version('undelivered', 21, { error_code: 30005, price: '-0.00750' }));
      expect(await timeline()).toEqual([
        'queued 1 READ',
        'sent 4 SYNC',
        'undelivered 30003 15 SYNC',
        'undelivered 30005 20 READ',
      ]);
    });

    test('of two versions of the same second, the earlier status does not replace the later one', async () => {
      await see(version('delivered', 5));
      expect(await see(version('sending', 5))).toMatchObject({ updated: 0 });
      await see(version('read', 5));
      await see(version('brand-new', 5));
      expect(await timeline()).toEqual(['delivered 5 SYNC', 'read 5 SYNC', 'brand-new 5 SYNC']);
    });

    test('stay with a message that is found to be created at another time', async () => {
      await see(version('queued', 1, { date_created: null }));
      await see(version('sent', 2));
      expect(await timeline()).toEqual(['queued 1 SYNC', 'sent 2 SYNC']);
    });

    test('stay short, whatever a message does', async () => {
      for (let index = 0; index < 60; index += 1) {
        await see(version(index % 2 ? 'delivered' : 'undelivered', index));
      }
      const events = (await timeline()) ?? [];
      expect(events).toHaveLength(51);
      expect(events.at(-1)).toBe('delivered 59 SYNC');
    });

    test.each([
      ['an erased message', () => store.eraseMessages(accountSid, [sidOf(1)])],
      ['an erased account', () => store.eraseAccount(accountSid)],
      ['a removed account', () => store.removeAccount(accountSid)],
      ['retention', () => store.setPolicy({ ...policyOf(accountSid), days: 1 })],
      [
        'a message that Twilio has no more',
        () => {
          const readAt = new Date();
          const complete = { of: 'sent', since: null, until: null, sids: [], readAt } as const;
          return store.savePage({ accountSid, messages: [], readAt, complete });
        },
      ],
    ])('end with %s', async (_name, erase) => {
      const sent = { date_created: wireDate(daysAgo(90)), date_sent: wireDate(daysAgo(90)) };
      await see(version('queued', 1, sent));
      await see(version('sent', 2, sent));
      await erase();
      expect(await timeline()).toBeNull();
      await store.setPolicy(policyOf(accountSid));
      await see(version('delivered', 3, sent));
      expect(await timeline()).toEqual(['delivered 3 SYNC']);
    });

    test('are not those of another account, nor of one that is disabled', async () => {
      await store.setPolicy(policyOf(other));
      await store.savePage({ accountSid: other, messages: [version('failed', 1)], readAt: new Date() });
      await see(version('sent', 2));
      expect(await timeline()).toEqual(['sent 2 SYNC']);
      await store.eraseAccount(other);
      expect(await timeline()).toEqual(['sent 2 SYNC']);
      await store.setPolicy({ ...policyOf(accountSid), enabled: false });
      expect(await timeline()).toBeNull();
    });
  });

  describe(`lists (${engine.name})`, () => {
    test('of properties that few messages have together are read page by page, both ways', async () => {
      const messages = Array.from({ length: 800 }, (_, index) =>
        message(index, index / 3, {
          // Every 30th message, over more days than are looked at once, and 15 within an hour.
          to: index % 30 === 0 ? 'whatsapp:+4915112345678' : '+4915112345678',
          status: index % 5 === 0 ? 'failed' : 'delivered',
          num_media: index % 60 === 0 ? '1' : '0',
        }),
      );
      const many = Array.from({ length: 15 }, (_, index) =>
        message(1_000 + index, 40 + index / 1e3, { to: 'whatsapp:+4915112345678', status: 'failed' }),
      );
      await save([...messages, ...many]);
      const read = async (
        criteria: MessageCriteria,
        order: 'NEWEST_FIRST' | 'OLDEST_FIRST',
        isBackward: boolean,
      ) => {
        const found: string[] = [];
        let key: MessageKey | undefined;
        for (let more = true; more; ) {
          const place = isBackward ? { before: key ?? END[order] } : { after: key };
          const page = await store.list({ ...everything, criteria }, { order, limit: 7, ...place });
          const some = page.messages.map(({ sid }) => sid);
          if (isBackward) found.unshift(...some);
          else found.push(...some);
          const edge = page.messages.at(isBackward ? 0 : -1);
          if (!edge) break;
          key = { time: Date.parse(edge.date_sent ?? ''), sid: edge.sid.slice(2) };
          more = page.more;
        }
        return found;
      };
      const END = {
        NEWEST_FIRST: { time: 0, sid: '0'.repeat(32) },
        OLDEST_FIRST: { time: Date.now() + DAY_MS, sid: '0'.repeat(32) },
      };
      const all = [...messages, ...many].sort(
        (a, b) => Date.parse(b.date_sent ?? '') - Date.parse(a.date_sent ?? '') || (a.sid < b.sid ? 1 : -1),
      );
      const isMatch = (one: WireMessage) => one.status === 'failed' && one.to?.startsWith('whatsapp:');
      const since = daysAgo(200.5);
      const until = daysAgo(20.5);
      for (const [criteria, accept] of [
        [{ status: ['failed'], channel: ['WHATSAPP'] }, isMatch],
        [{ status: ['failed', 'sent'], channel: ['WHATSAPP'], country: ['DE', 'AT'] }, isMatch],
        [
          { status: ['failed'], channel: ['WHATSAPP'], hasMedia: true },
          (one) => isMatch(one) && one.num_media === '1',
        ],
        [{ direction: ['outbound-api'], hasMedia: true }, (one) => one.num_media === '1'],
        [{ channel: ['WHATSAPP'], status: ['sent'] }, () => false],
        ...(['dateSent', 'dateCreated'] as const).map(
          (name) =>
            [
              { status: ['failed'], channel: ['WHATSAPP'], [name]: { since, until } },
              (one: WireMessage) => isMatch(one) && wireDateIn(one.date_sent, since, until),
            ] as const,
        ),
      ] as readonly (readonly [MessageCriteria, (one: WireMessage) => boolean])[]) {
        const expected = all.filter(accept).map(({ sid }) => sid);
        for (const isBackward of [false, true]) {
          expect(await read(criteria, 'NEWEST_FIRST', isBackward)).toEqual(expected);
          expect(await read(criteria, 'OLDEST_FIRST', isBackward)).toEqual(expected.toReversed());
        }
      }
    });
  });

  describe(`threads (${engine.name})`, () => {
    test('tell that a person has opted out: by the newest word, or by an error', async () => {
      const inbound = { direction: 'inbound', from: '+14155550199', to: '+14155550100' };
      await save([message(1, 3, { ...inbound, body: ' Stop ' })]);
      const optedOut = async () => (await store.thread([accountSid], '+14155550199'))?.optedOut;
      expect(await optedOut()).toBe(true);
      await save([message(2, 2, { ...inbound, body: 'START' })]);
      expect(await optedOut()).toBe(false);
      await save([
        message(3, 1, { from: '+14155550100', to: '+14155550199', error_code: 21610, status: 'failed' }),
      ]);
      expect(await optedOut()).toBe(true);
    });
  });

  describe(`erasure (${engine.name})`, () => {
    /** Characters that no other text has, so that they are found in the text index, too. */
    const rare = (index: number) =>
      String.fromCodePoint(...[0, 1, 2, 3].map((next) => 0xac00 + index * 4 + next));
    const canary = (index: number) => `PLANTED-${index}-schwarzwälder-kirschtorte ${rare(index)}`;
    const canaries = Array.from({ length: 40 }, (_, index) =>
      message(index, index, { body: canary(index), from: '+14155550100' }),
    );
    /** The canaries that are found in the files of the database, whole or in parts. */
    async function traces(): Promise<number[]> {
      const bytes = await engine.bytes(location);
      // An index stores what two neighbours have in common once.
      const parts = (index: number) => [0, 1, 2].map((from) => rare(index).slice(from, from + 2));
      return canaries
        .map((_, index) => index)
        .filter((index) => [canary(index), ...parts(index)].some((part) => bytes.includes(part)));
    }
    const found = (text: string) => store.count({ ...everything, criteria: { text } });

    test('redacted and deleted messages leave no trace in the files', async () => {
      await save(canaries);
      // So that pages are split and merged.
      await save(Array.from({ length: 500 }, (_, index) => message(1000 + index, index % 300)));
      await store.compact();
      expect((await traces()).length).toBe(canaries.length);
      await save(canaries.slice(0, 10).map((one) => ({ ...one, body: '' })));
      await store.eraseMessages(
        accountSid,
        canaries.slice(10, 20).map(({ sid }) => sid),
      );
      const complete = { of: 'sent', since: daysAgo(29.5), until: daysAgo(19.5), sids: [] } as const;
      const readAt = new Date(Date.now() + 60_000);
      await store.savePage({ accountSid, messages: [], readAt, complete: { ...complete, readAt } });
      expect(await found('kirschtorte')).toBe(10);
      expect(await found('planted-3')).toBe(10);
      expect(await found('planted-1')).toBe(0);
      await store.compact();
      expect(await traces()).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    }, 60_000);

    test.each([
      ['a policy without bodies', () => store.setPolicy({ ...policyOf(accountSid), keepsBodies: false }), 40],
      ['erased bodies', () => store.eraseBodies(accountSid), 40],
      ['an erased account', () => store.eraseAccount(accountSid), 0],
      ['a removed account', () => store.removeAccount(accountSid), 0],
      ['retention', () => store.setPolicy({ ...policyOf(accountSid), days: 0 }), 0],
    ])(
      '%s leaves no trace of texts in the files',
      async (_name, erase, left) => {
        await save(canaries);
        await erase();
        expect(await found('kirschtorte')).toBe(0);
        expect(await store.count(everything)).toBe(left);
        await store.compact();
        expect(await traces()).toEqual([]);
      },
      60_000,
    );

    test('bodies that a policy does not keep are never written', async () => {
      await store.setPolicy({ ...policyOf(accountSid), keepsBodies: false });
      await save(canaries);
      const bytes = await engine.bytes(location);
      expect(bytes.includes('kirschtorte')).toBe(false);
      expect((await store.list(everything, newest)).messages[0]?.body).toBeNull();
    });

    test('texts are found again after a policy keeps them again', async () => {
      await save(canaries);
      await store.setPolicy({ ...policyOf(accountSid), keepsBodies: false });
      await store.setPolicy(policyOf(accountSid));
      expect(await save(canaries)).toMatchObject({ updated: 40 });
      expect(await found('kirschtorte')).toBe(40);
    });
  });

  describe(`slices (${engine.name})`, () => {
    const slice = (key: string, fields: Partial<HistorySlice> = {}): HistorySlice => ({
      accountSid,
      key,
      since: new Date(`${key}T00:00:00Z`),
      until: new Date(`${key}T23:59:59Z`),
      rank: 1,
      dueAt: daysAgo(1),
      ...fields,
    });
    const days = ['2026-11-20', '2026-11-21', '2026-11-22'];
    const claim = { leaseMs: 60_000, limit: 10 };
    const keysOf = (slices: readonly { key: string }[]) => slices.map(({ key }) => key);

    test('are planned once and claimed once, by rank', async () => {
      await store.planSlices(days.map((key) => slice(key)));
      await store.planSlices([slice(days[0] ?? '', { rank: 9 }), slice('2026-11-23', { rank: 0 })]);
      const one = await engine.open(location);
      const [first, second] = await Promise.all([
        store.claimSlices({ ...claim, limit: 2 }),
        one.claimSlices({ ...claim, limit: 2 }),
      ]);
      expect(keysOf([...first, ...second]).sort()).toEqual([...days, '2026-11-23']);
      expect(keysOf([...first, ...second])).toContain('2026-11-23');
      expect(await store.claimSlices(claim)).toEqual([]);
      expect((await store.slices(accountSid)).map(({ key, leased }) => [key, leased])).toEqual(
        ['2026-11-23', ...days.toReversed()].map((key) => [key, true]),
      );
      await one.close();
    });

    test('of paused, disabled or other accounts are not claimed', async () => {
      await store.planSlices(days.map((key) => slice(key)));
      expect(await store.claimSlices({ ...claim, accountSid: other })).toEqual([]);
      await store.setPolicy({ ...policyOf(accountSid), paused: true });
      expect(await store.claimSlices(claim)).toEqual([]);
      await store.setPolicy({ ...policyOf(accountSid), enabled: false });
      expect(await store.claimSlices(claim)).toEqual([]);
      await store.setPolicy(policyOf(accountSid));
      expect(await store.claimSlices(claim)).toHaveLength(3);
    });

    test('an expired lease goes to another gateway, with the position; the late one saves nothing', async () => {
      await store.planSlices([slice(days[0] ?? '')]);
      const [late] = await store.claimSlices({ ...claim, leaseMs: -1000 });
      if (!late) throw new Error('nothing was claimed');
      await store.savePage({
        accountSid,
        messages: [message(1, 1)],
        readAt: new Date(),
        slice: { lease: late.lease, position: 'page 2' },
      });
      const [next] = await store.claimSlices(claim);
      expect(next).toMatchObject({ key: days[0], position: 'page 2' });
      const page = { accountSid, messages: [message(2, 1)], readAt: new Date() };
      await expect(store.savePage({ ...page, slice: { lease: late.lease } })).rejects.toThrow(LeaseLostError);
      expect(await store.renewSlice(late.lease, 1000)).toBe(false);
      await store.failSlice(late.lease, { error: 'too late', dueAt: new Date() });
      expect(await sids()).toEqual([1]);
      expect((await store.slices(accountSid))[0]).toMatchObject({ failures: 0, leased: true });
      if (next) expect(await store.renewSlice(next.lease, 1000)).toBe(true);
    });

    test('done slices make the status: range, progress, failures', async () => {
      await store.planSlices([...days.map((key) => slice(key)), slice('head', { since: null, until: null })]);
      expect(await store.status(accountSid)).toMatchObject({
        syncedFrom: null,
        slicesDone: 0,
        slicesTotal: 4,
      });
      const claimed = await store.claimSlices(claim);
      const lease = (key: string) => {
        const found = claimed.find((one) => one.key === key);
        if (!found) throw new Error(`${key} was not claimed`);
        return found.lease;
      };
      const finish = (key: string) =>
        store.savePage({
          accountSid,
          messages: [],
          readAt: new Date(),
          currentAt: new Date('2026-11-22T12:00:00Z'),
          slice: { lease: lease(key), done: { dueAt: null } },
        });
      await finish('2026-11-22');
      await finish('2026-11-20');
      await store.failSlice(lease('2026-11-21'), { error: 'HTTP 503', dueAt: daysAgo(0) });
      expect(await store.status(accountSid)).toMatchObject({
        syncedFrom: new Date('2026-11-22T00:00:00Z'),
        syncedUntil: new Date('2026-11-22T23:59:59Z'),
        asOf: new Date('2026-11-22T12:00:00Z'),
        newestUnread: false,
        slicesDone: 2,
        slicesFailing: 1,
        lastError: 'HTTP 503',
      });
      const [again] = await store.claimSlices(claim);
      expect(again).toMatchObject({ key: '2026-11-21', failures: 1, lastError: 'HTTP 503' });
      if (!again) return;
      await store.savePage({
        accountSid,
        messages: [],
        readAt: new Date(),
        slice: { lease: again.lease, done: { dueAt: daysAgo(0) } },
      });
      expect(await store.status(accountSid)).toMatchObject({
        syncedFrom: new Date('2026-11-20T00:00:00Z'),
        slicesFailing: 0,
        lastError: null,
      });
      expect(keysOf(await store.claimSlices(claim))).toEqual(['2026-11-21']);
      await store.reschedule(accountSid, ['2026-11-22'], { dueAt: daysAgo(2), rank: 0 });
      expect(keysOf(await store.claimSlices(claim))).toEqual(['2026-11-22']);
    });

    test('a time to come is taken for now, and a stored one is replaced', async () => {
      const current = async (currentAt: Date) => {
        await store.savePage({ accountSid, messages: [], readAt: currentAt, currentAt });
        return Number((await store.status(accountSid)).asOf);
      };
      const before = Date.now();
      const first = await current(new Date(before + 3_600_000));
      expect(first).toBeGreaterThanOrEqual(before - 1000);
      expect(first).toBeLessThanOrEqual(Date.now() + 1000);
      expect(await current(new Date(first - 5_000))).toBe(first);
      expect(await store.clock()).toBeGreaterThanOrEqual(before - 1000);
    });

    test('a released slice can be claimed again', async () => {
      await store.planSlices([slice(days[0] ?? '')]);
      const [claimed] = await store.claimSlices(claim);
      if (claimed) await store.releaseSlice(claimed.lease);
      expect(await store.claimSlices(claim)).toHaveLength(1);
    });

    test('a lease with a name has one owner', async () => {
      expect(await store.claimLease('slot 1', 'one', 60_000)).toBe(true);
      expect(await store.claimLease('slot 1', 'one', 60_000)).toBe(true);
      expect(await store.claimLease('slot 1', 'two', 60_000)).toBe(false);
      await store.releaseLease('slot 1', 'two');
      expect(await store.claimLease('slot 1', 'two', 60_000)).toBe(false);
      await store.releaseLease('slot 1', 'one');
      expect(await store.claimLease('slot 1', 'two', -1000)).toBe(true);
      expect(await store.claimLease('slot 1', 'three', 60_000)).toBe(true);
    });
  });
}
