import type { Kysely, RawBuilder, SqlBool, Transaction } from 'kysely';
import type { HistoryTables } from './tables.ts';
import type { MessageVersions } from './versions.ts';

export type Db = Kysely<HistoryTables>;

/** A condition of a `where` clause. */
export type Condition = RawBuilder<SqlBool>;

/** A text that was stored, and the message it belongs to. */
export interface StoredText {
  readonly sid: Uint8Array;
  readonly body: string;
}

/** The differences between SQLite and PostgreSQL. */
export interface HistoryEngine {
  readonly db: Db;
  /** The same for reads, which have a limit of time. */
  readonly reads: Db;
  /**
   * The table of messages as `m`. SQLite is told what to read it by, because it does not know how many messages have a value.
   *
   * @param index the name of an index; `id` for a list of ids that {@link narrow} gave; null for any
   */
  messagesBy(index: string | null): RawBuilder<unknown>;
  /**
   * Reads the rows of a query one by one, as arrays of the columns. Null where the database is another process: there it adds up rows
   * before it sends them, which is slower where they are at hand.
   */
  readonly readArrays: ((query: RawBuilder<unknown>) => Iterable<unknown[]>) | null;
  /** A condition on each message that a statement reads, which ends it after the limit; null where the database does. */
  inTime(alias: 'm'): Condition | null;
  /** The database's clock in milliseconds, which gateways on several machines share. */
  readonly now: RawBuilder<number>;
  /** Whether rows can be locked one by one; else a transaction has the whole database to itself. */
  readonly locksRows: boolean;
  /** Whether a subquery of `from` can use the tables before it. */
  readonly hasLateral: boolean;
  /** Whether `history_message.folded` is stored, because the engine searches it. */
  readonly storesFolded: boolean;
  /** Says what happened to the files at start; null if nothing did. */
  readonly notice: string | null;
  /** The price of a message in units of 10⁻⁸. */
  readonly priceUnits: RawBuilder<number>;
  /** Waits until no other transaction writes to the account, until this one ends. */
  lockAccount(transaction: Transaction<HistoryTables>, account: number): Promise<void>;
  /** Prepares the storage of messages that were created at these times, in seconds, before a transaction inserts them. */
  prepareFor(created: readonly number[]): Promise<void>;
  /** The `on conflict` clause by which a message replaces the one with its SID. */
  readonly replace: string;
  /** Inserts rows of the same columns. @param conflict what follows the values, e.g. `on conflict …` */
  insertAll(
    transaction: Transaction<HistoryTables>,
    table: keyof HistoryTables,
    rows: readonly object[],
    conflict: string,
  ): Promise<void>;
  /**
   * Whether `sid` is one of some.
   *
   * @param created when their messages were created, in seconds, if that is known: some engines find them sooner
   */
  isSidOf(sids: readonly Uint8Array[], created?: readonly number[]): Condition;
  /** The digests of messages as they are stored, in the order of their versions; null or undefined for one that has none. */
  digestsOf(account: number, versions: MessageVersions): Promise<readonly (number | null | undefined)[]>;
  /** Adds texts to the index after their messages were inserted. */
  indexTexts(transaction: Db, account: number, texts: readonly StoredText[]): Promise<void>;
  /** Removes texts from the index before their messages are deleted or changed. */
  unindexTexts(transaction: Db, account: number, texts: readonly StoredText[]): Promise<void>;
  /** Removes all texts of an account from the index. */
  dropTexts(transaction: Db, account: number): Promise<void>;
  /** Whether the body has a lower-case text, for messages with this alias. */
  contains(alias: string, needle: string): Condition;
  /** Narrows a query of `history_message as m` to few messages that may contain the texts; null where the engine finds its own way. */
  narrow(account: number, needles: readonly string[]): Promise<Condition | null>;
  /** Drops whole months of messages that are older than this time, in seconds, where that is possible. @returns the number of messages */
  dropBefore(time: number): Promise<number>;
  /** See {@link HistoryStore.compact}. */
  compact(): Promise<void>;
  /** Maps errors of an unavailable database to StoreUnavailableError; returns others unchanged. */
  translate(error: unknown): unknown;
  close(): Promise<void>;
}
