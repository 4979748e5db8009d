import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  HistoryQuery,
  HistoryStore,
  MessageKey,
  MessageOrder,
} from '../../src/history/history-store.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import type { MessageStats } from '../../src/stats/message-stats.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { runs, within } from '../fuzz/runs.ts';
import { criteria, SIDS, type Step, statistics, steps } from './arbitraries.ts';
import { Model } from './model.ts';
import type { TestHistory } from './stores.ts';

/** The searches, on one engine. */
export function historySuite(engine: TestHistory): void {
  let store: HistoryStore;
  let accounts = 0;
  beforeAll(async () => {
    await engine.start();
    store = await engine.open(await engine.empty());
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await engine.stop();
  });

  /** Two accounts that no other run has. */
  async function newAccounts(): Promise<string[]> {
    const sids = [0, 1].map(() => {
      accounts += 1;
      return `AC${accounts.toString(16).padStart(32, '0')}`;
    });
    for (const accountSid of sids) await store.setPolicy(policyOf(accountSid));
    return sids;
  }

  /** SIDs that no other account has. */
  const ownSid = (sid: string, account: number) =>
    `${sid.slice(0, -1)}${(Number.parseInt(sid.slice(-1), 16) ^ account).toString(16)}`;

  /** Applies steps to the store and to the model. */
  async function replay(all: readonly Step[]): Promise<{ model: Model; sids: string[] }> {
    const model = new Model();
    const sids = await newAccounts();
    for (const [index, step] of all.entries()) {
      const accountSid = sids[step.account] ?? '';
      const own = (all: readonly string[]) => all.map((sid) => ownSid(sid, step.account));
      const readAt = new Date(Date.UTC(2026, 10, 1) + index * 1000);
      switch (step.kind) {
        case 'save': {
          const messages = step.messages.map((one) => ({ ...one, sid: ownSid(one.sid, step.account) }));
          const observedBy = index % 2 === 0 ? 'SYNC' : 'READ';
          await store.savePage({ accountSid, readAt, messages, observedBy });
          model.save(accountSid, messages, observedBy);
          break;
        }
        case 'complete': {
          const range = { of: step.of, ...step.range, sids: own(SIDS.slice(0, step.left)), readAt };
          await store.savePage({ accountSid, readAt, messages: [], complete: range });
          model.complete(accountSid, range);
          break;
        }
        case 'erase': {
          const erased = own(SIDS.slice(step.from, step.from + step.count));
          await store.eraseMessages(accountSid, erased);
          model.erase(accountSid, erased);
          break;
        }
        case 'bodies':
          await store.setPolicy({ ...policyOf(accountSid), keepsBodies: step.keeps });
          model.keepBodies(accountSid, step.keeps);
      }
    }
    return { model, sids };
  }

  /** Reads a list page by page. */
  async function walk(query: HistoryQuery, order: MessageOrder, limit: number): Promise<WireMessage[]> {
    const all: WireMessage[] = [];
    for (let after: MessageKey | undefined; ; ) {
      const { messages, more } = await store.list(query, { order, limit, after });
      all.push(...messages);
      if (!more) return all;
      expect(messages).toHaveLength(limit);
      after = new Model().keyOf(messages.at(-1) as WireMessage);
    }
  }

  describe(engine.name, () => {
    test(
      'lists equal an array, with any filter and order, page by page and back',
      async () => {
        await fc.assert(
          fc.asyncProperty(
            steps,
            fc.array(fc.tuple(criteria, fc.boolean(), fc.integer({ min: 1, max: 9 })), {
              minLength: 4,
              maxLength: 8,
            }),
            async (all, queries) => {
              const { model, sids } = await replay(all);
              for (const accountSid of sids) {
                const { messages } = await store.status(accountSid);
                const all = model.find([accountSid], {});
                expect(messages).toBe(all.length);
                const timelines = await store.timelines(
                  accountSid,
                  SIDS.map((sid) => ownSid(sid, sids.indexOf(accountSid))),
                );
                expect(new Map(timelines.map(({ sid, events }) => [sid, events]))).toEqual(
                  new Map(all.map((one) => [one.sid, model.timeline(one)])),
                );
              }
              for (const [filter, oldestFirst, limit] of [[{}, false, 50] as const, ...queries]) {
                const query = { accountSids: sids, criteria: filter as MessageCriteria };
                const newest = model.find(sids, query.criteria);
                const expected = oldestFirst ? newest.toReversed() : newest;
                const order = oldestFirst ? 'OLDEST_FIRST' : 'NEWEST_FIRST';
                expect(await walk(query, order, limit)).toEqual(expected);
                expect(await store.count(query)).toBe(expected.length);
                const middle = expected[Math.floor(expected.length / 2)];
                if (!middle) continue;
                const before = expected.slice(0, Math.floor(expected.length / 2));
                expect(await store.list(query, { order, limit, before: model.keyOf(middle) })).toEqual({
                  messages: before.slice(-limit),
                  more: before.length > limit,
                });
                expect(await store.find(middle.account_sid, middle.sid)).toEqual(middle);
              }
            },
          ),
          runs(engine.name === 'SQLite' ? 60 : 25),
        );
      },
      within(180_000),
    );

    test(
      'statistics equal an array, in any time zone',
      async () => {
        await fc.assert(
          fc.asyncProperty(
            steps,
            fc.array(statistics, { minLength: 4, maxLength: 8 }),
            async (all, queries) => {
              const { model, sids } = await replay(all);
              for (const query of queries) {
                const { since, until, ...found } = await store.stats({ ...query, accountSids: sids });
                expect(comparable(found)).toEqual(
                  comparable(await model.stats({ ...query, accountSids: sids })),
                );
                expect(since === null).toBe(found.total.messages === 0);
                expect(until === null).toBe(found.total.messages === 0);
              }
            },
          ),
          runs(engine.name === 'SQLite' ? 60 : 25),
        );
      },
      within(180_000),
    );

    test(
      'threads equal an array',
      async () => {
        await fc.assert(
          fc.asyncProperty(
            steps,
            fc.array(fc.tuple(criteria, fc.integer({ min: 1, max: 4 })), { minLength: 3, maxLength: 5 }),
            async (all, queries) => {
              const { model, sids } = await replay(all);
              for (const [filter, limit] of [[{}, 20] as const, ...queries]) {
                const query = { accountSids: sids, criteria: filter as MessageCriteria };
                const expected = model.threads(sids, query.criteria);
                const found: unknown[] = [];
                for (let after: MessageKey | undefined; ; ) {
                  const { threads, more } = await store.threads(query, { limit, after });
                  found.push(...threads);
                  after = threads.at(-1)?.key;
                  if (!more) break;
                }
                expect(found).toMatchObject(expected);
                expect(found).toHaveLength(expected.length);
                expect(await store.countThreads(query)).toBe(expected.length);
                for (const participant of ['+14155550101', 'whatsapp:+14155550101', 'MyBrand']) {
                  const summary = model.summary(sids, participant);
                  const thread = await store.thread(sids, participant);
                  if (summary.lastMessage) expect(thread).toMatchObject(summary);
                  else expect(thread).toBeNull();
                }
              }
            },
          ),
          runs(engine.name === 'SQLite' ? 30 : 12),
        );
      },
      within(180_000),
    );
  });
}

export const policyOf = (accountSid: string) => ({
  accountSid,
  enabled: true,
  paused: false,
  keepsBodies: true,
  days: null,
});

/** Groups of the same time and number of messages have no order, and amounts no fixed number of digits. */
function comparable({ total, groups, groupsTruncated }: MessageStats) {
  const measures = (found: MessageStats['total']) => ({
    ...found,
    cost: found.cost.map(({ amount, currency }) => [currency, Number(amount)]),
  });
  const all = groups.map((group) => ({ ...group, measures: measures(group.measures) }));
  const order = all.map(({ start, measures: { messages } }) => [start, messages]);
  const key = (group: object) => JSON.stringify(group, (_key, value) => value ?? null);
  return { total: measures(total), groupsTruncated, order, groups: all.map(key).sort() };
}
