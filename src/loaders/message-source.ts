import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { CredentialLoaders } from './credential-loaders.ts';
import type { CursorSlice, Paging } from './list-reader.ts';

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
  readonly source: 'TWILIO';
  /** When this was true. */
  readonly asOf: Date;
  /** Number of messages that Twilio returned. */
  readonly scanned: number;
  /** Whether the scan budget was spent before everything was found. */
  readonly scanLimitReached: boolean;
  /** Whether the requested range began before the retention period and was cut. */
  readonly truncated: boolean;
  /** Accounts that could not be read. The others are complete. */
  readonly unavailable: readonly UnavailableAccount[];
}

export interface MessageSlice extends CursorSlice<WireMessage>, Provenance {
  /** The loaders that a message of this account was read with. */
  viaOf(message: WireMessage): CredentialLoaders;
}

/** Messages that were read to be counted, newest first. */
export interface MessageScan extends Provenance {
  readonly messages: readonly WireMessage[];
}

/** Reads messages of one or more accounts, newest first. */
export interface MessageSource {
  /** @throws an error the client may see, if none of the accounts can be read */
  list(accounts: readonly AccountRead[], criteria: MessageCriteria, paging: Paging): Promise<MessageSlice>;
  /** Reads all messages, as far as the scan budget allows. */
  scan(accounts: readonly AccountRead[], criteria: MessageCriteria): Promise<MessageScan>;
}
