import { sql, type Transaction } from 'kysely';
import { isEarlier } from '../delivery/outcome.ts';
import { DAY_MS } from '../pagination/retention.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { HistoryEngine, StoredText } from './engine.ts';
import {
  type CompleteRange,
  type HistoryPage,
  type HistoryWrites,
  LeaseLostError,
  type SavedPage,
} from './history-store.ts';
import { secondsOf, sidBytes, sidKey, termsOf, toRow } from './message-row.ts';
import { findAccount, type StoredAccount } from './policies.ts';
import { ROLLUP_TABLES, RollupChanges } from './rollups.ts';
import { saveProgress } from './slices.ts';
import { type HistoryTables, MESSAGE_COLUMNS, type MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';
import { continueTimeline, eraseStatuses, observedAs, recordStatuses } from './timelines.ts';
import { readVersions } from './versions.ts';

type Tx = Transaction<HistoryTables>;

/** Number of messages that one transaction erases. */
const ERASE_AT_ONCE = 500;

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
      const changes = new Changes(engine, terms, transaction, account.id);
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
        const changes = new Changes(engine, terms, transaction, account);
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

/** Changes messages together with their counts and index entries, in one transaction. */
class Changes {
  readonly #engine: HistoryEngine;
  readonly #transaction: Tx;
  readonly #account: number;
  readonly #terms: Terms;
  readonly #rollups: RollupChanges;
  #messages = 0;

  constructor(engine: HistoryEngine, terms: Terms, transaction: Tx, account: number) {
    this.#engine = engine;
    this.#transaction = transaction;
    this.#account = account;
    this.#terms = terms;
    this.#rollups = new RollupChanges(terms);
  }

  async upsert(
    rows: readonly MessageRow[],
    onlyNewer = false,
  ): Promise<{ inserted: number; updated: number }> {
    const found = await this.#find(
      rows.map(({ sid }) => sid),
      rows.map(({ created }) => created),
    );
    const old = new Map(found.map((row) => [sidKey(row.sid), row]));
    const inserted: MessageRow[] = [];
    const updated: MessageRow[] = [];
    const moved: Uint8Array[] = [];
    const dropped: StoredText[] = [];
    const added: StoredText[] = [];
    const changed: MessageRow[] = [];
    for (const read of rows) {
      const before = old.get(sidKey(read.sid));
      if (!before) {
        inserted.push(read);
        continue;
      }
      if (read.updated < before.updated || (onlyNewer && read.updated === before.updated)) continue;
      if (isSame(read, before) || this.#isOvertaken(read, before)) continue;
      const { row, isChange } = continueTimeline(read, before);
      if (isChange) changed.push(before);
      if (row.created !== before.created) {
        // The time of creation is part of the key where messages are stored by months.
        moved.push(row.sid);
        inserted.push(row);
      } else {
        updated.push(row);
        this.#rollups.add(before, -1);
        this.#rollups.add(row, 1);
        if (row.body === before.body) continue;
        if (before.body) dropped.push({ sid: row.sid, body: before.body });
        if (row.body) added.push({ sid: row.sid, body: row.body });
      }
    }
    await recordStatuses(this.#engine, this.#transaction, this.#account, changed);
    await this.#removeRows(moved);
    for (const row of inserted) {
      this.#rollups.add(row, 1);
      if (row.body) added.push({ sid: row.sid, body: row.body });
    }
    this.#messages += inserted.length;
    await this.#engine.unindexTexts(this.#transaction, this.#account, dropped);
    // In the order of time, in which indexes are filled best: pages come newest first.
    const written = [...inserted, ...updated].sort((a, b) => a.date - b.date);
    if (written.length > 0) {
      await this.#engine.insertAll(this.#transaction, 'history_message', written, this.#engine.replace);
    }
    await this.#engine.indexTexts(this.#transaction, this.#account, added);
    return { inserted: inserted.length - moved.length, updated: updated.length + moved.length };
  }

  /** Removes messages with their timelines. */
  async remove(sids: readonly Uint8Array[]): Promise<number> {
    const removed = await this.#removeRows(sids);
    for (let from = 0; from < sids.length; from += ERASE_AT_ONCE) {
      await eraseStatuses(
        this.#engine,
        this.#transaction,
        this.#account,
        sids.slice(from, from + ERASE_AT_ONCE),
      );
    }
    return removed;
  }

  /** Whether an older response that arrived later has an earlier status: Twilio's times have whole seconds. */
  #isOvertaken(read: MessageRow, before: MessageRow): boolean {
    if (read.status === before.status || read.updated !== before.updated) return false;
    return isEarlier(this.#terms.textOf(read.status) ?? '', this.#terms.textOf(before.status) ?? '');
  }

  async #removeRows(sids: readonly Uint8Array[]): Promise<number> {
    let removed = 0;
    for (let from = 0; from < sids.length; from += ERASE_AT_ONCE) {
      const rows = await this.#find(sids.slice(from, from + ERASE_AT_ONCE));
      if (rows.length === 0) continue;
      for (const row of rows) this.#rollups.add(row, -1);
      const texts = rows.flatMap(({ sid, body }) => (body ? [{ sid, body }] : []));
      await this.#engine.unindexTexts(this.#transaction, this.#account, texts);
      await this.#transaction
        .deleteFrom('history_message')
        .where('account', '=', this.#account)
        .where(
          this.#engine.isSidOf(
            rows.map(({ sid }) => sid),
            rows.map(({ created }) => created),
          ),
        )
        .execute();
      removed += rows.length;
    }
    this.#messages -= removed;
    return removed;
  }

  /** Writes the counts. */
  async apply(): Promise<void> {
    await this.#rollups.apply(this.#engine, this.#transaction);
    if (this.#messages === 0) return;
    const change = this.#messages;
    await this.#transaction
      .updateTable('history_account')
      .set(({ eb }) => ({ messages: eb('messages', '+', change) }))
      .where('id', '=', this.#account)
      .execute();
  }

  async #find(sids: readonly Uint8Array[], created?: readonly number[]): Promise<MessageRow[]> {
    if (sids.length === 0) return [];
    return this.#transaction
      .selectFrom('history_message')
      .select(MESSAGE_COLUMNS)
      .where('account', '=', this.#account)
      .where(this.#engine.isSidOf(sids, created))
      .execute();
  }
}

/** The key, and what says how the message was read. */
const NOT_OF_TWILIO: ReadonlySet<string> = new Set(['sid', 'seen', 'status_at', 'observed', 'digest']);

/** Whether two rows hold the same message. */
function isSame(one: MessageRow, other: MessageRow): boolean {
  return MESSAGE_COLUMNS.every((column) => {
    if (NOT_OF_TWILIO.has(column)) return true;
    return one[column] === other[column];
  });
}
