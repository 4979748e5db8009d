import { sql, type Transaction } from 'kysely';
import { DAY_MS } from '../pagination/retention.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { HistoryEngine } from './engine.ts';
import {
  type CompleteRange,
  type HistoryPage,
  type HistoryWrites,
  LeaseLostError,
  type SavedPage,
} from './history-store.ts';
import { ERASE_AT_ONCE, MessageChanges } from './message-changes.ts';
import { secondsOf, sidBytes, sidKey, termsOf, toRow } from './message-row.ts';
import { findAccount, type StoredAccount } from './policies.ts';
import { ROLLUP_TABLES } from './rollups.ts';
import { saveProgress } from './slices.ts';
import type { HistoryTables, MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';
import { observedAs } from './timelines.ts';
import { readVersions } from './versions.ts';

type Tx = Transaction<HistoryTables>;

export function createHistoryWrites(engine: HistoryEngine, terms: Terms): HistoryWrites {
  async function savePage(page: HistoryPage): Promise<SavedPage> {
    await terms.add(page.messages.flatMap(termsOf));
    const created = page.messages.map(({ date_created }) => secondsOf(date_created) ?? 0);
    await engine.prepareFor(created);
    return engine.db.transaction().execute(async (transaction) => {
      const account = await lockEnabled(transaction, page.accountSid);
      if (!account) {
        // Only slices whose messages are saved are done.
        if (page.slice) throw new LeaseLostError();
        return { inserted: 0, updated: 0, deleted: 0 };
      }
      if (page.slice) await saveProgress(engine, transaction, page.slice);
      const changes = new MessageChanges(engine, terms, transaction, account.id);
      const saved = await changes.upsert(rowsOf(page, account), page.onlyNewer);
      const gone = page.complete ? await findMissing(transaction, account.id, page.complete) : [];
      const deleted = await changes.remove(gone);
      await changes.apply();
      if (page.currentAt) await setCurrent(engine, transaction, account, page.currentAt.getTime());
      return { ...saved, deleted };
    });
  }

  /** Locks an account until the transaction ends. @returns null if it is not enabled */
  async function lockEnabled(transaction: Tx, accountSid: string): Promise<StoredAccount | null> {
    const found = await findAccount(transaction, accountSid);
    if (!found?.enabled) return null;
    await engine.lockAccount(transaction, found.id);
    if (!engine.locksRows) return found;
    // Another transaction may have changed the policy and erased what it does not keep, while this one waited.
    const account = await findAccount(transaction, accountSid);
    return account?.enabled ? account : null;
  }

  /** The rows of a page, one for each message, without those that the policy does not keep. */
  function rowsOf(page: HistoryPage, account: StoredAccount): MessageRow[] {
    const context = {
      account: account.id,
      keepsBodies: account.keepsBodies,
      storesFolded: engine.storesFolded,
      readAt: page.readAt.getTime(),
      observed: observedAs(page.observedBy ?? 'SYNC'),
    };
    const oldest = oldestDate(account.days, page.readAt.getTime());
    const rows = new Map<string, MessageRow>();
    for (const message of page.messages) {
      const row = toRow(message as WireMessage, terms, context);
      const key = sidKey(row.sid);
      const known = rows.get(key);
      if (row.date >= oldest && (!known || known.updated <= row.updated)) rows.set(key, row);
    }
    return [...rows.values()];
  }

  /** Erases the messages that a query finds, some at a time, so that other writers wait only shortly. */
  async function eraseWhere(
    account: number,
    find: (transaction: Tx) => Promise<readonly Uint8Array[]>,
  ): Promise<number> {
    for (let erased = 0; ; ) {
      const count = await engine.db.transaction().execute(async (transaction) => {
        await engine.lockAccount(transaction, account);
        const changes = new MessageChanges(engine, terms, transaction, account);
        const removed = await changes.remove(await find(transaction));
        await changes.apply();
        return removed;
      });
      if (count === 0) return erased;
      erased += count;
    }
  }

  async function eraseOlder(account: StoredAccount, now: number): Promise<number> {
    const oldest = oldestDate(account.days, now);
    return eraseWhere(account.id, async (transaction) => {
      const rows = await transaction
        .selectFrom('history_message')
        .select('sid')
        .where('account', '=', account.id)
        .where('date', '<', oldest)
        .limit(ERASE_AT_ONCE)
        .execute();
      return rows.map(({ sid }) => sid);
    });
  }

  /** Erases an account's messages, counts and slices, in one transaction. */
  async function eraseAll(accountSid: string, andPolicy: boolean): Promise<number> {
    return engine.db.transaction().execute(async (transaction) => {
      const account = await findAccount(transaction, accountSid);
      if (!account) return 0;
      await engine.lockAccount(transaction, account.id);
      await engine.dropTexts(transaction, account.id);
      for (const table of [
        'history_message',
        'history_status_event',
        ...ROLLUP_TABLES,
        'history_slice',
      ] as const) {
        await transaction.deleteFrom(table).where('account', '=', account.id).execute();
      }
      if (andPolicy) {
        await transaction.deleteFrom('history_account').where('id', '=', account.id).execute();
      } else {
        await transaction
          .updateTable('history_account')
          .set({ messages: 0, current_at: null, record: null, record_at: null })
          .where('id', '=', account.id)
          .execute();
      }
      return account.messages;
    });
  }

  return {
    savePage,

    async findChanged(accountSid, versions) {
      const read = readVersions(versions);
      const account = await findAccount(engine.db, accountSid);
      if (!account?.enabled) return [...read.keys()];
      const stored = await engine.digestsOf(account.id, versions);
      return [...read.keys()].filter((index) => stored[index] !== read[index]?.digest);
    },

    async eraseMessages(accountSid, sids) {
      const account = await findAccount(engine.db, accountSid);
      if (!account || sids.length === 0) return 0;
      const wanted = sids.map(sidBytes);
      return eraseWhere(account.id, async (transaction) => {
        const rows = await transaction
          .selectFrom('history_message')
          .select('sid')
          .where('account', '=', account.id)
          .where(engine.isSidOf(wanted))
          .limit(ERASE_AT_ONCE)
          .execute();
        return rows.map(({ sid }) => sid);
      });
    },

    async eraseBodies(accountSid) {
      return engine.db.transaction().execute(async (transaction) => {
        const account = await findAccount(transaction, accountSid);
        if (!account) return 0;
        await engine.lockAccount(transaction, account.id);
        await engine.dropTexts(transaction, account.id);
        const { numUpdatedRows } = await transaction
          .updateTable('history_message')
          .set({ body: null, folded: null, digest: null })
          .where('account', '=', account.id)
          .where('body', 'is not', null)
          .executeTakeFirstOrThrow();
        return Number(numUpdatedRows);
      });
    },

    eraseAccount: (accountSid) => eraseAll(accountSid, false),
    removeAccount: (accountSid) => eraseAll(accountSid, true),

    async applyRetention() {
      // By the clock of the database: one that is ahead would erase too much.
      const { rows: times } = await sql<{ now: number }>`select ${engine.now} as now`.execute(engine.db);
      const now = Number(times[0]?.now);
      const seconds = Math.floor(now / 1000);
      await engine.prepareFor([seconds, seconds + 31 * 86_400]);
      const rows = await engine.db.selectFrom('history_account').select('sid').execute();
      const accounts: StoredAccount[] = [];
      for (const { sid } of rows) {
        const account = await findAccount(engine.db, sid);
        if (account) accounts.push(account);
      }
      const oldest = Math.min(...accounts.map(({ days }) => oldestDate(days, now)));
      let erased = Number.isFinite(oldest) ? await engine.dropBefore(oldest) : 0;
      for (const account of accounts) if (account.days !== null) erased += await eraseOlder(account, now);
      return erased;
    },
  };
}

/** The oldest time that is kept, in seconds; minus infinity without a limit. @param now in milliseconds */
function oldestDate(days: number | null, now: number): number {
  return days === null ? Number.NEGATIVE_INFINITY : Math.ceil((now - days * DAY_MS) / 1000);
}

/** Records when the copy was current; never goes back, but from a time to come. */
async function setCurrent(
  { now }: HistoryEngine,
  transaction: Tx,
  account: StoredAccount,
  at: number,
): Promise<void> {
  await transaction
    .updateTable('history_account')
    .set({ current_at: sql<number>`case when ${at} < ${now} then ${at} else ${now} end` })
    .where('id', '=', account.id)
    .where(({ or, eb }) =>
      or([eb('current_at', 'is', null), eb('current_at', '<', at), eb('current_at', '>', now)]),
    )
    .execute();
}

/** The stored messages of a range that the upstream does not have. */
async function findMissing(transaction: Tx, account: number, range: CompleteRange): Promise<Uint8Array[]> {
  const seconds = (date: Date | null) => (date === null ? null : Math.floor(date.getTime() / 1000));
  const since = seconds(range.since);
  const until = seconds(range.until);
  const rows = await transaction
    .selectFrom('history_message')
    .select('sid')
    .where('account', '=', account)
    .where('seen', '<', range.readAt.getTime())
    .where('sent', range.of === 'sent' ? 'is not' : 'is', null)
    .$if(since !== null, (query) => query.where('date', '>=', since ?? 0))
    .$if(until !== null, (query) => query.where('date', '<=', until ?? 0))
    .execute();
  const there = new Set(range.sids.map((sid) => sid.slice(2).toLowerCase()));
  return rows.map(({ sid }) => sid).filter((sid) => !there.has(sidKey(sid)));
}
