import type { MessageKey, MessageOrder, ThreadSummary } from '../history/history-store.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { Dimension, MessageStats } from '../stats/message-stats.ts';
import type { Interval } from '../stats/time-buckets.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { CredentialLoaders } from './credential-loaders.ts';
import type { CursorSlice, Paging } from './list-reader.ts';
import type { ReadSummary } from './read-summary.ts';

/** An account, and the loaders of the credential it is read with. */
export interface AccountRead {
  readonly accountSid: string;
  readonly via: CredentialLoaders;
}

/** An account that could not be read, and why. */
export interface UnavailableAccount {
  readonly accountSid: string;
  readonly code: string;
  readonly message: string;
}

/** The origin of what was read, and how complete it is. */
export interface Provenance {
  readonly source: 'TWILIO' | 'HISTORY';
  /** When this was true. */
  readonly asOf: Date;
  /** Number of messages that Twilio returned; 0 from the copy. */
  readonly scanned: number;
  /** Whether the scan budget was spent before everything was found. */
  readonly scanLimitReached: boolean;
  /** Whether the requested range began before the retention period and was cut, or the copy lacks a part of it. */
  readonly truncated: boolean;
  /** Accounts that could not be read. The others are complete. */
  readonly unavailable: readonly UnavailableAccount[];
}

export interface MessageSlice extends CursorSlice<WireMessage>, Provenance {
  /** The loaders that a message of this account was read with. */
  viaOf(message: WireMessage): CredentialLoaders;
  /** Counts the messages of the whole list; null where that would mean reading it. */
  count(): Promise<number | null>;
}

/** Says what to count. */
export interface StatsRequest {
  readonly criteria: MessageCriteria;
  readonly dimensions: readonly Dimension[];
  readonly interval?: Interval | undefined;
  /** @default UTC */
  readonly timeZone?: string | undefined;
}

export interface MessageStatistics extends MessageStats {
  readonly coverage: Provenance & {
    /** The oldest and the newest message that was counted; null if none was. */
    readonly since: Date | null;
    readonly until: Date | null;
  };
}

/** One person among those with whom there are messages. */
export interface ThreadItem {
  /** The place of the last matching message. */
  readonly key: MessageKey;
  /** An E.164 number for all channels of the person, else an address. */
  readonly participant: string;
  /** Null from TWILIO. */
  readonly summary: ThreadSummary | null;
}

/** Persons, most recently active first. */
export interface ThreadSlice extends CursorSlice<ThreadItem>, Provenance {
  /** Counts the persons; null where that would mean reading the whole list. */
  count(): Promise<number | null>;
}

/** Which source reads: AUTO decides for each read, see docs/history.md. */
export type SourceChoice = 'AUTO' | 'TWILIO' | 'HISTORY';

export interface ReadOptions {
  /** @default AUTO */
  readonly source?: SourceChoice | null | undefined;
  /** @default NEWEST_FIRST */
  readonly order?: MessageOrder | null | undefined;
  /** Where the request's reads are summed up. */
  readonly reads: ReadSummary;
  /** The caller: reads of several callers take turns. */
  readonly flow?: string | undefined;
  /** Called when the read begins to read from Twilio, for what is to be read from there at the same time. */
  readonly onTwilio?: (() => void) | undefined;
}

/** Reads messages of one or more accounts, from Twilio or from the gateway's copy. */
export interface MessageSource {
  /** @throws an error the client may see, if none of the accounts can be read */
  list(
    accounts: readonly AccountRead[],
    criteria: MessageCriteria,
    paging: Paging,
    options: ReadOptions,
  ): Promise<MessageSlice>;
  /** Counts messages; from Twilio as far as the scan budget allows. */
  stats(
    accounts: readonly AccountRead[],
    request: StatsRequest,
    options: ReadOptions,
  ): Promise<MessageStatistics>;
  /** Lists persons; from Twilio those of the newest messages within the scan budget. */
  threads(
    accounts: readonly AccountRead[],
    criteria: MessageCriteria,
    paging: Pick<Paging, 'first' | 'after'>,
    options: ReadOptions,
  ): Promise<ThreadSlice>;
  /** Sums up one person's messages; null without a copy. */
  summary(
    accounts: readonly AccountRead[],
    participant: string,
    options: Pick<ReadOptions, 'reads'>,
  ): Promise<ThreadSummary | null>;
}

/** Returns the loaders by account of a message. */
export function viaOf(accounts: readonly AccountRead[]): (message: WireMessage) => CredentialLoaders {
  const vias = new Map(accounts.map(({ accountSid, via }) => [accountSid, via]));
  const [first] = accounts;
  return ({ account_sid }) => {
    const via = vias.get(account_sid) ?? first?.via;
    if (!via) throw new Error('a message of no account');
    return via;
  };
}
