import type { Transaction } from 'kysely';
import { isEarlier } from '../delivery/outcome.ts';
import type { HistoryEngine, StoredText } from './engine.ts';
import { sidKey } from './message-row.ts';
import { RollupChanges } from './rollups.ts';
import { type HistoryTables, MESSAGE_COLUMNS, type MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';
import { continueTimeline, eraseStatuses, recordStatuses } from './timelines.ts';

/** Number of messages that one transaction erases. */
export const ERASE_AT_ONCE = 500;

/** Changes messages together with their counts and index entries, in one transaction. */
export class MessageChanges {
  readonly #engine: HistoryEngine;
  readonly #transaction: Transaction<HistoryTables>;
  readonly #account: number;
  readonly #terms: Terms;
  readonly #rollups: RollupChanges;
  #messages = 0;

  constructor(engine: HistoryEngine, terms: Terms, transaction: Transaction<HistoryTables>, account: number) {
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
