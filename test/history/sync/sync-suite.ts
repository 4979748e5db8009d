import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  HistoryStore,
  LeasedSlice,
  MessageKey,
  SliceLease,
} from '../../../src/history/history-store.ts';
import { createSharedClock } from '../../../src/history/shared-clock.ts';
import { type HistorySync, openHistorySync } from '../../../src/history/sync/history-sync.ts';
import { readAccount } from '../../../src/history/sync/read-account.ts';
import type { SyncAccount } from '../../../src/history/sync/slice-reader.ts';
import { createLogger } from '../../../src/log.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import type { PageName, TwilioPage } from '../../../src/twilio/page.ts';
import { messages as MESSAGES, type WireMessage } from '../../../src/twilio/resources/messages.ts';
import { runs, within } from '../../fuzz/runs.ts';
import { twilioAt } from '../../twilio/kit.ts';
import { Model } from '../model.ts';
import type { TestHistory } from '../stores.ts';

const DAY_MS = 86_400_000;
const PAST = new Date(0);
const WAIT = { timeout: 20_000, interval: 40 };
const quiet = createLogger('silent', () => {});

/** What happens at Twilio. */
type Change =
  | {
      readonly kind: 'arrive';
      readonly minutesAgo: number;
      readonly isUndated: boolean;
      readonly isDelivered: boolean;
    }
  | { readonly kind: 'send' | 'deliver' | 'redact' | 'delete'; readonly index: number };
type Fault = Partial<Sandbox['switches']>;
type Stop = { readonly how: 'close' | 'kill'; readonly afterPages: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      // Most arrive lately, some are seen weeks later.
      minutesAgo: fc.oneof(fc.integer({ min: 10, max: 4_000 }), fc.integer({ min: 10, max: 90_000 })),
      isUndated: fc.boolean(),
      isDelivered: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('send' as const, 'deliver' as const, 'redact' as const, 'delete' as const),
      index: fc.nat(1_000),
    }),
  },
);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  ...(['fail500', 'fail503', 'fail429', 'truncateBody', 'resetConnection', 'pageTokenRefused'] as const).map(
    (name) => fc.integer({ min: 1, max: 2 }).map((next) => ({ [name]: { next } })),
  ),
  fc.constantFrom<Fault>(
    { emptyPageWithNext: true },
    { failAbovePageSize: 500 },
    { nullDateOrder: 'first' },
    { nullDateOrder: 'last' },
    { nullDateMatches: true },
  ),
);
const stop: fc.Arbitrary<Stop> = fc.record({
  how: fc.constantFrom('close' as const, 'kill' as const),
  afterPages: fc.integer({ min: 0, max: 12 }),
});
const rounds = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 25 }),
    fault: fc.option(fault),
    stops: fc.array(stop, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Fields that the store keeps. */
const FIELDS = [
  ...['sid', 'account_sid', 'body', 'from', 'to', 'direction', 'status', 'error_code', 'error_message'],
  ...['num_segments', 'num_media', 'price', 'price_unit', 'messaging_service_sid'],
  ...['date_created', 'date_sent', 'date_updated'],
] as readonly (keyof WireMessage)[];

/** A sandbox of which few messages are recent, with few on each page. */
export function upstream({ messages = 60 } = {}) {
  // Between two changes the clock stands still: generated messages change by themselves.
  let time = Date.now();
  const kit = twilioAt({ messages, clock: () => time, switches: { maxItemsPerPage: 9 } });
  const { sandbox, parent } = kit;
  const own: string[] = [];
  const account: SyncAccount = {
    accountSid: parent.sid,
    client: kit.client,
    retention: { days: 400 },
  };
  const wire = (ms: number) => new Date(ms).toUTCString().replace('GMT', '+0000');
  return {
    ...kit,
    accountSid: parent.sid,
    account,
    apply(one: Change) {
      time += 1_000;
      if (one.kind === 'arrive') {
        const at = wire(time - one.minutesAgo * 60_000);
        const { sid } = sandbox.addMessage('parent', {
          date_created: at,
          date_updated: at,
          date_sent: one.isUndated ? null : at,
          status: one.isUndated ? 'queued' : one.isDelivered ? 'delivered' : 'sent',
          price: null,
        });
        own.push(sid);
        return;
      }
      const sid = own[one.index % Math.max(1, own.length)];
      if (sid === undefined) return;
      // Before the five minutes in which a message that is missing in a list is not taken for deleted.
      const sentAt = wire(time - 480_000);
      if (one.kind === 'delete') {
        sandbox.deleteMessage(sid);
        own.splice(own.indexOf(sid), 1);
      } else if (one.kind === 'send') sandbox.updateMessage(sid, { status: 'sent', date_sent: sentAt });
      else if (one.kind === 'deliver') sandbox.updateMessage(sid, { status: 'delivered', price: '-0.00790' });
      else sandbox.updateMessage(sid, { body: '' });
    },
    /** The SIDs of the messages that were added and not deleted, in this order. */
    own: () => [...own],
    /** All messages, by SID. */
    async rows(): Promise<WireMessage[]> {
      const all: WireMessage[] = [];
      let name: PageName | null = null;
      do {
        const page: { value: TwilioPage<WireMessage> } = await kit.client.list(
          MESSAGES,
          { AccountSid: parent.sid },
          { name, pageSize: 1_000, filters: [] },
          { signal: new AbortController().signal },
        );
        all.push(...page.value.items);
        name = page.value.next;
      } while (name);
      return sorted(all);
    },
  };
}

const sorted = (all: readonly WireMessage[]) =>
  all
    .map((row) => Object.fromEntries(FIELDS.map((field) => [field, row[field]])) as unknown as WireMessage)
    .sort((a, b) => (a.sid < b.sid ? -1 : 1));

export async function stored(store: HistoryStore, accountSid: string): Promise<WireMessage[]> {
  const all: WireMessage[] = [];
  for (let after: MessageKey | undefined; ; ) {
    const query = { accountSids: [accountSid], criteria: {} };
    const { messages, more } = await store.list(query, { order: 'NEWEST_FIRST', limit: 500, after });
    all.push(...messages);
    if (!more) return sorted(all);
    after = new Model().keyOf(messages.at(-1) as WireMessage);
  }
}

/** A store that fails once it is dead, as after SIGKILL: nothing is released, and leases expire. */
export function mortal(store: HistoryStore) {
  let isDead = false;
  const leases: SliceLease[] = [];
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      if (isDead) throw new StoreUnavailableError('the process is dead');
      const result = await (method as (...args: unknown[]) => Promise<unknown>)(...args);
      if (name === 'claimSlices') leases.push(...(result as LeasedSlice[]).map(({ lease }) => lease));
      return result;
    },
  ]);
  return {
    store: Object.fromEntries(entries) as HistoryStore,
    kill: () => {
      isDead = true;
    },
    /** Half a minute passes. */
    async expire() {
      for (const lease of leases) await store.renewSlice(lease, 1);
    },
  };
}

/** Waits until every slice was read. */
export async function settled(store: HistoryStore, accountSid: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const slices = await store.slices(accountSid);
      expect(slices.length).toBeGreaterThan(3);
      const waiting = slices.filter(({ doneAt, failures }) => doneAt === null || failures > 0);
      // Failures wait for seconds; a test does not.
      const keys = waiting.filter(({ leased, failures }) => failures > 0 && !leased).map(({ key }) => key);
      await store.reschedule(accountSid, keys, { dueAt: PAST });
      expect(waiting.map(({ key }) => key)).toEqual([]);
      expect(slices.filter(({ dueAt, leased }) => leased || (dueAt && dueAt.getTime() < Date.now()))).toEqual(
        [],
      );
    },
    { timeout: 60_000, interval: 40 },
  );
}

/** Makes every slice due. */
export async function againAll(store: HistoryStore, accountSid: string): Promise<void> {
  const slices = await store.slices(accountSid);
  await store.reschedule(
    accountSid,
    slices.filter(({ dueAt }) => dueAt !== null).map(({ key }) => key),
    { dueAt: PAST },
  );
}

export const policyOf = (accountSid: string) => ({
  accountSid,
  enabled: true,
  paused: false,
  keepsBodies: true,
  days: null,
});

/** Never repeated: another seed would hide what one has found. */
const SEARCH = { timeout: within(180_000), retry: 0 };

/** The sync into one engine. */
export function syncSuite(engine: TestHistory): void {
  let store: HistoryStore;
  const open = new Set<HistorySync>();
  beforeAll(async () => {
    await engine.start();
  }, 60_000);
  afterEach(async () => {
    for (const sync of open) await sync.close();
    open.clear();
    await store.close();
  });
  afterAll(() => engine.stop());

  function syncOf(own: HistoryStore, account: SyncAccount, onPage?: () => void): HistorySync {
    const sync = openHistorySync({
      history: own,
      accounts: async () => [account],
      log: quiet,
      pollMs: 10,
      // A short list is read in parts, too.
      partSize: 15,
      onPage,
    });
    open.add(sync);
    return sync;
  }
  async function close(sync: HistorySync): Promise<void> {
    await sync.close();
    open.delete(sync);
  }

  describe(engine.name, () => {
    test(
      'the copy equals the list row by row, whatever happens at Twilio, on the way and to the gateway',
      SEARCH,
      async () => {
        await fc.assert(
          fc.asyncProperty(rounds, async (all) => {
            store = await engine.open(await engine.empty());
            const twilio = upstream();
            const { accountSid, account } = twilio;
            await store.setPolicy(policyOf(accountSid));
            for (const { changes, fault, stops } of all) {
              for (const one of changes) twilio.apply(one);
              await againAll(store, accountSid);
              if (fault) twilio.sandbox.set(fault);
              for (const { how, afterPages } of stops) {
                const { store: own, kill, expire } = mortal(store);
                let pages = 0;
                const reached = Promise.withResolvers<void>();
                const sync = syncOf(own, account, () => {
                  pages += 1;
                  if (pages >= afterPages) reached.resolve();
                });
                if (afterPages > 0)
                  await Promise.race([reached.promise, settled(store, accountSid).catch(() => {})]);
                if (how === 'kill') kill();
                await close(sync);
                if (how === 'kill') await expire();
              }
              const last = syncOf(store, account);
              await settled(store, accountSid);
              // What changed behind a slice that was being read is found by the next one.
              twilio.sandbox.set({ emptyPageWithNext: false, failAbovePageSize: 0 });
              await againAll(store, accountSid);
              await settled(store, accountSid);
              await close(last);
              expect(await stored(store, accountSid)).toEqual(await twilio.rows());
            }
            const status = await store.status(accountSid);
            expect(status.slicesDone).toBe(status.slicesTotal);
            expect(status).toMatchObject({ slicesFailing: 0, lastError: null });
            expect(Number(status.asOf)).toBeGreaterThan(Date.now() - DAY_MS);
            await store.close();
          }),
          { ...runs(engine.name === 'SQLite' ? 20 : 6), endOnFailure: true },
        );
      },
    );

    test('deletions, redactions, late statuses and late arrivals are followed', async () => {
      store = await engine.open(await engine.empty());
      const twilio = upstream({ messages: 20 });
      const { accountSid, sandbox, account } = twilio;
      // Fewer days, fewer slices.
      sandbox.set({ retentionDays: 60 });
      account.retention.days = 60;
      await store.setPolicy(policyOf(accountSid));
      const of = (minutesAgo: number, isUndated: boolean) => () =>
        twilio.apply({ kind: 'arrive', minutesAgo, isUndated, isDelivered: false });
      // Of the last hours, of this week and of last month; with a sent date and without.
      for (const minutesAgo of [30, 60, 7_000, 40_000])
        for (const isUndated of [false, true])
          for (let copy = 0; copy < 8; copy += 1) of(minutesAgo, isUndated)();
      const sync = syncOf(store, twilio.account);
      await settled(store, accountSid);
      expect(await stored(store, accountSid)).toEqual(await twilio.rows());

      const all = twilio.own();
      for (let index = 0; index < all.length; index += 8) {
        const [deleted, redacted, delivered, sent] = all.slice(index, index + 4) as [
          string,
          string,
          string,
          string,
        ];
        sandbox.deleteMessage(deleted);
        sandbox.updateMessage(redacted, { body: '' });
        sandbox.updateMessage(delivered, { status: 'delivered', price: '-0.00790' });
        sandbox.updateMessage(sent, {
          status: 'sent',
          date_sent: new Date(Date.now() - 600_000).toUTCString().replace('GMT', '+0000'),
        });
      }
      for (const minutesAgo of [45, 6_000, 50_000]) of(minutesAgo, false)();
      await againAll(store, accountSid);
      await settled(store, accountSid);
      await againAll(store, accountSid);
      await settled(store, accountSid);
      await close(sync);
      expect(await stored(store, accountSid)).toEqual(await twilio.rows());
    });

    test('the account itself is read once an hour, and sooner after a failure', async () => {
      store = await engine.open(await engine.empty());
      const twilio = upstream();
      const { account, accountSid, sandbox } = twilio;
      await store.setPolicy(policyOf(accountSid));
      let time = Date.now();
      const reader = { history: store, now: () => time, signal: new AbortController().signal };
      const calls = async () => {
        sandbox.clearCalls();
        const dueAt = await readAccount(account, reader);
        return [sandbox.calls.filter(({ path }) => path.includes('/Accounts/AC')).length, dueAt - time];
      };
      sandbox.set({ fail500: 1 });
      const [failed = 0, soon] = await calls();
      expect(failed).toBeGreaterThan(0);
      expect(soon).toBe(300_000);
      expect(await store.account(accountSid)).toBeNull();
      sandbox.set({ fail500: 0 });
      expect(await calls()).toEqual([1, 3_600_000]);
      expect(await store.account(accountSid)).toMatchObject({ account: { friendly_name: 'Northwind' } });
      time += 3_000_000;
      // Another gateway of the database has nothing to read either.
      expect(await calls()).toEqual([0, 600_000]);
      time += 600_000;
      expect(await calls()).toEqual([1, 3_600_000]);
      // A clock that was wrong.
      time -= 7_200_000;
      expect(await calls()).toEqual([1, 3_600_000]);
    });

    test('a closed sync aborts its calls and releases its slices', async () => {
      store = await engine.open(await engine.empty());
      const twilio = upstream();
      await store.setPolicy(policyOf(twilio.accountSid));
      twilio.sandbox.set({ latencyMs: 60_000 });
      const sync = syncOf(store, twilio.account);
      await vi.waitFor(async () => {
        const slices = await store.slices(twilio.accountSid);
        expect(slices.map(({ leased }) => leased)).toEqual([true, true]);
      }, WAIT);
      // Without an abort, this takes a minute.
      await close(sync);
      const slices = await store.slices(twilio.accountSid);
      expect(slices.map(({ leased, failures }) => [leased, failures])).toEqual([
        [false, 0],
        [false, 0],
      ]);
    });

    test('two syncs read no slice twice', async () => {
      const location = await engine.empty();
      store = await engine.open(location);
      const twilio = upstream();
      await store.setPolicy(policyOf(twilio.accountSid));
      const other = await engine.open(location);
      const syncs = [syncOf(store, twilio.account), syncOf(other, twilio.account)];
      await settled(store, twilio.accountSid);
      for (const sync of syncs) await close(sync);
      await other.close();
      const paths = twilio.sandbox.calls
        .filter(({ path }) => path.includes('/Messages.json'))
        .map(({ path }) => path);
      const dated = paths.filter((path) => path.includes('DateSent%3C'));
      expect(dated.length).toBeGreaterThan(20);
      expect(new Set(dated.map(withoutCut)).size).toBe(dated.length);
      expect(await stored(store, twilio.accountSid)).toEqual(await twilio.rows());
    });

    test('gateways whose clocks are wrong by an hour, in either direction, sync as the database’s clock says', async () => {
      store = await engine.open(await engine.empty());
      const twilio = upstream({ messages: 20 });
      const { accountSid, account } = twilio;
      twilio.sandbox.set({ retentionDays: 30 });
      account.retention.days = 30;
      await store.setPolicy(policyOf(accountSid));
      const arrive = (minutesAgo: number) =>
        twilio.apply({ kind: 'arrive', minutesAgo, isUndated: false, isDelivered: true });
      for (const hours of [1, -1, 0]) {
        for (const minutesAgo of [10, 30, 90, 3_000]) arrive(minutesAgo);
        twilio.apply({ kind: 'delete', index: 1 });
        const clock = createSharedClock(store, () => Date.now() + hours * 3_600_000);
        const sync = openHistorySync({
          history: store,
          accounts: async () => [account],
          log: quiet,
          pollMs: 10,
          partSize: 15,
          clock,
        });
        open.add(sync);
        await againAll(store, accountSid);
        await settled(store, accountSid);
        await close(sync);
        expect(await stored(store, accountSid)).toEqual(await twilio.rows());
        const { asOf } = await store.status(accountSid);
        expect(Math.abs(Number(asOf) - Date.now())).toBeLessThan(600_000);
        const head = (await store.slices(accountSid)).find(({ key }) => key === 'head');
        expect(Number(head?.dueAt) - Date.now()).toBeLessThan(125_000);
      }
    });

    test('when a gateway dies, the other one finishes', async () => {
      store = await engine.open(await engine.empty());
      const twilio = upstream();
      await store.setPolicy(policyOf(twilio.accountSid));
      const { store: own, kill, expire } = mortal(store);
      const dying = Promise.withResolvers<void>();
      let pages = 0;
      const first = syncOf(own, twilio.account, () => {
        pages += 1;
        if (pages === 12) {
          kill();
          dying.resolve();
        }
      });
      await dying.promise;
      const left = await store.slices(twilio.accountSid);
      expect(left.some(({ leased }) => leased)).toBe(true);
      await close(first);
      await expire();
      const second = syncOf(store, twilio.account);
      await settled(store, twilio.accountSid);
      await close(second);
      expect(await stored(store, twilio.accountSid)).toEqual(await twilio.rows());
    });
  });
}

/** The beginning of the oldest slice moves on with the clock. */
function withoutCut(path: string): string {
  return path.includes('PageToken') ? path : path.replace(/&DateSent%3E=[^&]*/, '');
}
