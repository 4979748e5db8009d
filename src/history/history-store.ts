import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { Dimension, MessageStats } from '../stats/message-stats.ts';
import type { Interval } from '../stats/time-buckets.ts';
import type { WireAccount } from '../twilio/resources/accounts.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { MessageVersions } from './versions.ts';

/**
 * The gateway's own copy of message histories: messages, the slices by which they are read from Twilio, and policies, each
 * for one account. Several gateways may share one store.
 *
 * All arguments and results are plain data, so that a store can run in a worker thread. Times have whole seconds, as
 * Twilio's have. The time of a message is when it was sent or, while it is not sent, when it was created. Every method can
 * fail with StoreUnavailableError.
 */
export interface HistoryStore
  extends HistoryPolicies,
    HistoryAccounts,
    HistoryWrites,
    HistorySlices,
    HistoryReads {
  /**
   * Writes out what was erased: until then the files of the database may still hold it. SQLite: checkpoint and vacuum;
   * PostgreSQL: vacuum.
   */
  compact(): Promise<void>;
  /** Waits until the store is open. @returns what happened to its files, e.g. that a damaged one was moved aside; null if nothing did */
  notice(): Promise<string | null>;
  close(): Promise<void>;
}

// ------------------------------------------------------------------ policies

/** Says what the store keeps of an account. */
export interface HistoryPolicy {
  readonly accountSid: string;
  /** Whether the account is synced and read. What is stored stays until it is erased. */
  readonly enabled: boolean;
  /** Whether syncing pauses; reads go on. */
  readonly paused: boolean;
  /** Whether message texts are stored. */
  readonly keepsBodies: boolean;
  /** How many days messages are stored; null without a limit. */
  readonly days: number | null;
}

export interface HistoryPolicies {
  /** Every account that has a policy. */
  policies(): Promise<readonly HistoryPolicy[]>;
  /** Null without one: nothing is stored of the account. */
  policy(accountSid: string): Promise<HistoryPolicy | null>;
  /** Creates or replaces a policy. Erases texts if the new one drops them, and messages that are too old. */
  setPolicy(policy: HistoryPolicy): Promise<void>;
  /** The state of an account's copy; all zero and null without one. */
  status(accountSid: string): Promise<HistoryStatus>;
}

/** The figures from which a person sees how far the copy is. */
export interface HistoryStatus {
  readonly policy: HistoryPolicy | null;
  readonly messages: number;
  /** From here to `syncedUntil`, every slice was read at least once; null before the first. */
  readonly syncedFrom: Date | null;
  readonly syncedUntil: Date | null;
  /** Whether a slice after `syncedUntil` was not read yet, so that messages may be missing there. */
  readonly newestUnread: boolean;
  /** When the newest messages were last read: see {@link HistoryPage.currentAt}; null before. */
  readonly asOf: Date | null;
  /** Slices that were read at least once. */
  readonly slicesDone: number;
  readonly slicesTotal: number;
  /** Slices whose last read failed. */
  readonly slicesFailing: number;
  /** From the slices that were first read in the last five minutes; null if that says nothing. */
  readonly estimatedSecondsLeft: number | null;
  /** Of the slice that failed last and was not read since. */
  readonly lastError: string | null;
}

// ------------------------------------------------------------------ accounts

/** An account as Twilio had it. */
export interface CopiedAccount {
  readonly account: WireAccount;
  /** When the call began. */
  readonly readAt: Date;
}

export interface HistoryAccounts {
  /** Replaces what the store has of the account. Saves nothing of an account that is not enabled. */
  saveAccount(copied: CopiedAccount): Promise<void>;
  /** Null before it was saved, and for an account that is not enabled. */
  account(accountSid: string): Promise<CopiedAccount | null>;
}

// ------------------------------------------------------------------ writes

/** The way by which a status became known: a call of the sync, a read of a client, or an event of Twilio's. */
export type Observation = 'CALLBACK' | 'EVENT_STREAM' | 'SYNC' | 'READ';

/** What was read of an account in one call, in Twilio's own form. Saved in one transaction, or not at all. */
export interface HistoryPage {
  readonly accountSid: string;
  readonly messages: readonly WireMessage[];
  /** When the call began. */
  readonly readAt: Date;
  /** What the timelines of the messages say about the call. @default 'SYNC' */
  readonly observedBy?: Observation | undefined;
  /** Whether a message that the store has in a version as new stays as it is. @default false */
  readonly onlyNewer?: boolean | undefined;
  /** If given, what the store has in this range and the upstream did not have is deleted. */
  readonly complete?: CompleteRange | undefined;
  /**
   * If given, the copy has everything that was created before this time, but for slices that were not read yet. A time to come is
   * of a clock that is wrong, and taken for now.
   */
  readonly currentAt?: Date | undefined;
  /** The slice that the page belongs to. */
  readonly slice?: SliceProgress | undefined;
}

/** All messages that the upstream has in a range, as read over one or more pages. */
export interface CompleteRange {
  /** `sent`: of the messages sent in the range; `unsent`: of those without a sent date that were created in it. */
  readonly of: 'sent' | 'unsent';
  /** Both inclusive; null without a bound. */
  readonly since: Date | null;
  readonly until: Date | null;
  /** The SIDs of all messages, those of the page included. */
  readonly sids: readonly string[];
  /** When the first of the pages was requested: what was written to the store later is not deleted. */
  readonly readAt: Date;
}

export interface SliceProgress {
  readonly lease: SliceLease;
  /** Where to continue after a crash, opaque to the store. @default null, the beginning */
  readonly position?: string | null | undefined;
  /** Set on the last page: the slice is done. */
  readonly done?: { readonly dueAt: Date | null } | undefined;
}

export interface SavedPage {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface HistoryWrites {
  /**
   * Upserts by SID: a message replaces the stored one if its `date_updated` is newer, or equal with a status that is not an
   * earlier one. A status or error code that differs from the stored one is added to the timeline. Texts are dropped if the
   * policy says so, and messages that are older than the policy's days. Saves nothing of an account that is not enabled.
   *
   * @throws {LeaseLostError} if the lease of the slice has expired and another gateway has it, or the account is not enabled
   */
  savePage(page: HistoryPage): Promise<SavedPage>;
  /**
   * Tells which messages a page has to save: the places of those that are not stored in this version. The others need not even
   * be sent to the store.
   */
  findChanged(accountSid: string, versions: MessageVersions): Promise<readonly number[]>;
  /** Erases messages with their texts, counts and index entries. @returns how many there were */
  eraseMessages(accountSid: string, sids: readonly string[]): Promise<number>;
  /** Erases all texts of an account. @returns how many there were */
  eraseBodies(accountSid: string): Promise<number>;
  /** Erases everything of an account but its policy: messages and slices. @returns the number of messages */
  eraseAccount(accountSid: string): Promise<number>;
  /** Erases everything of an account and its policy. @returns the number of messages */
  removeAccount(accountSid: string): Promise<number>;
  /** Erases what is older than the policies say, and prepares partitions for the months to come. @returns the number of messages */
  applyRetention(): Promise<number>;
}

// ------------------------------------------------------------------ slices

/** A part of an account's list that is read as a whole, once or again and again. */
export interface HistorySlice {
  readonly accountSid: string;
  /** Unique within the account, e.g. `2026-11-26` or `head`. */
  readonly key: string;
  /** The range of sent dates, both inclusive; null for another kind of slice, such as the unfiltered head of the list. */
  readonly since: Date | null;
  readonly until: Date | null;
  /** Slices of a lower rank are claimed first; then those that are due longest. */
  readonly rank: number;
  /** When to read it next; null for never. */
  readonly dueAt: Date | null;
}

/** A slice with its past. */
export interface SliceState extends HistorySlice {
  /** When it was last read to its end; null before. */
  readonly doneAt: Date | null;
  /** Failures since it was last read. */
  readonly failures: number;
  readonly lastError: string | null;
  /** Whether a gateway is reading it. */
  readonly leased: boolean;
}

/** The right to read a slice, until it expires. */
export interface SliceLease {
  readonly id: number;
  /** Unique for each claim. */
  readonly token: string;
}

export interface LeasedSlice extends SliceState {
  readonly lease: SliceLease;
  /** Where an earlier holder of the lease stopped; null for the beginning. */
  readonly position: string | null;
}

/**
 * The slices, shared by all gateways of the store. Leases use the clock of the database, so that gateways need not agree
 * on the time.
 */
export interface HistorySlices {
  /** The clock of the database, in milliseconds. */
  clock(): Promise<number>;
  /** Adds slices that the account does not have yet, by their keys; leaves others as they are. */
  planSlices(slices: readonly HistorySlice[]): Promise<void>;
  /** All slices of an account, newest range first; those without a range at the end. */
  slices(accountSid: string): Promise<readonly SliceState[]>;
  /** Sets when slices are due and their rank; no key, no change. */
  reschedule(
    accountSid: string,
    keys: readonly string[],
    change: { readonly dueAt: Date; readonly rank?: number | undefined },
  ): Promise<void>;
  /** Leases due slices of enabled accounts that are not paused. @param limit how many at most, of one account if one is given */
  claimSlices(claim: {
    readonly leaseMs: number;
    readonly limit: number;
    readonly accountSid?: string | undefined;
  }): Promise<readonly LeasedSlice[]>;
  /** @returns false if the lease was lost */
  renewSlice(lease: SliceLease, leaseMs: number): Promise<boolean>;
  /** Ends a lease after a failure; the slice continues from its position. Does nothing if the lease was lost. */
  failSlice(lease: SliceLease, failure: { readonly error: string; readonly dueAt: Date }): Promise<void>;
  /** Ends a lease without a result, e.g. when the gateway stops. */
  releaseSlice(lease: SliceLease): Promise<void>;
  /**
   * Takes or renews a lease with a name, e.g. one of the slots for calls under an account.
   *
   * @returns whether this owner has it
   */
  claimLease(name: string, owner: string, leaseMs: number): Promise<boolean>;
  releaseLease(name: string, owner: string): Promise<void>;
}

// ------------------------------------------------------------------ reads

/** Which messages of which accounts. Accounts without an enabled policy have none. */
export interface HistoryQuery {
  readonly accountSids: readonly string[];
  readonly criteria: MessageCriteria;
  /** The caller: where reads have to wait, callers take turns. */
  readonly flow?: string | undefined;
}

/** The place of a message in the order of time and SID. */
export interface MessageKey {
  /** In milliseconds. */
  readonly time: number;
  /** The 32 digits of the SID decide between messages of the same second. */
  readonly sid: string;
}

export type MessageOrder = 'NEWEST_FIRST' | 'OLDEST_FIRST';

export interface HistoryWindow {
  readonly order: MessageOrder;
  readonly limit: number;
  /** Only messages that follow this place in the order. */
  readonly after?: MessageKey | undefined;
  /** Only messages that precede this place: then the `limit` nearest to it, in the same order. */
  readonly before?: MessageKey | undefined;
}

export interface HistoryMessages {
  /** In Twilio's own form. `body` is null where the text is not kept. */
  readonly messages: readonly WireMessage[];
  /** Whether more follow in the direction of the window. */
  readonly more: boolean;
}

export interface StatsQuery extends HistoryQuery {
  readonly dimensions: readonly Dimension[];
  /** Periods of the creation if the criteria have `dateCreated`, else of the message's time. */
  readonly interval?: Interval | undefined;
  /** An IANA name. @default UTC */
  readonly timeZone?: string | undefined;
}

export interface HistoryStats extends MessageStats {
  /** The oldest and the newest message that was counted; null if none was. Whole hours or days. */
  readonly since: Date | null;
  readonly until: Date | null;
}

/** Sums up the messages with one person. */
export interface ThreadSummary {
  /** An E.164 number, for all channels of the person; else an address. */
  readonly participant: string;
  readonly lastMessage: WireMessage;
  readonly inbound: number;
  readonly outbound: number;
  readonly failed: number;
  /** Channels of the schema, sorted. */
  readonly channels: readonly string[];
  readonly accountSids: readonly string[];
  readonly firstSeen: Date;
  /** Derived: the newest of STOP and START words and error 21610 says so. */
  readonly optedOut: boolean;
}

export interface HistoryThreads {
  readonly threads: readonly {
    /** The place of the last matching message. */
    readonly key: MessageKey;
    /** Of all messages with the person in the accounts, whether they match or not. */
    readonly summary: ThreadSummary;
  }[];
  readonly more: boolean;
}

export interface ThreadWindow {
  readonly limit: number;
  /** Only threads that follow the one whose last message is this. */
  readonly after?: MessageKey | undefined;
}

/** A status that a message had. */
export interface StatusEvent {
  /** Twilio's word. */
  readonly status: string;
  readonly errorCode: number | null;
  /** The `date_updated` of the first version that was seen with this status. */
  readonly at: Date;
  readonly observedBy: Observation;
}

/** The statuses of a message that were seen, oldest first. */
export interface Timeline {
  readonly sid: string;
  /** At least one: the last is the status of the stored message. */
  readonly events: readonly StatusEvent[];
  /** The `date_updated` of the stored message; null if that has none. */
  readonly updatedAt: Date | null;
}

export interface HistoryReads {
  /** One message; null where the store has none. */
  find(accountSid: string, sid: string): Promise<WireMessage | null>;
  /** The timelines of the messages that the store has, in no order. */
  timelines(accountSid: string, sids: readonly string[]): Promise<readonly Timeline[]>;
  list(query: HistoryQuery, window: HistoryWindow): Promise<HistoryMessages>;
  count(query: HistoryQuery): Promise<number>;
  /** Groups as StatsCounter makes them: by time, then by number of messages, at most MAX_GROUPS. */
  stats(query: StatsQuery): Promise<HistoryStats>;
  /** The persons with messages that match, most recent matching message first. */
  threads(query: HistoryQuery, window: ThreadWindow): Promise<HistoryThreads>;
  countThreads(query: HistoryQuery): Promise<number>;
  /** One person's summary; null without messages. @param participant an E.164 number for all channels, or a channel address */
  thread(accountSids: readonly string[], participant: string): Promise<ThreadSummary | null>;
}

/** The lease of a slice has expired and another gateway has it, or its account is not synced any more: nothing was saved. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('The lease of the slice was lost.');
  }
}
