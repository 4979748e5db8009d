import type { GraphQLError } from 'graphql';
import type { Admin } from './admin/admin.ts';
import type { Caller } from './auth/caller.ts';
import type { CopiedAccounts } from './loaders/copied-accounts.ts';
import type { MessageSource } from './loaders/message-source.ts';
import type { OperationScope } from './loaders/read-summary.ts';
import type { RequestLoaders } from './loaders/request-loaders.ts';
import type { Timelines } from './loaders/timelines.ts';
import type { DataMask } from './policy/data-mask.ts';
import type { SealedText } from './policy/sealed-text.ts';
import type { WireMedia } from './twilio/resources/media.ts';

/** The context of a resolver. Created for each GraphQL operation and dropped with its response. */
export interface GatewayContext {
  readonly caller: Caller;
  /** The loaders, one set per credential. */
  readonly loaders: RequestLoaders;
  /** Reads the lists of messages. */
  readonly source: MessageSource;
  /** Reads the accounts of messages that the copy has. */
  readonly copiedAccounts: CopiedAccounts;
  /** Reads the statuses that messages had. */
  readonly timelines: Timelines;
  /** Shows personal data as the caller's field policy allows. */
  readonly mask: DataMask;
  /** Seals what ids must not show. */
  readonly sealed: SealedText;
  /** Returns the URL of a media file for this caller. */
  mediaUrl(media: WireMedia, credentialId: string): string;
  readonly scope: OperationScope;
  /** Whether the upstream server is the embedded sandbox. */
  readonly isSandbox: boolean;
  /** The actions of an ADMIN; each checks the caller's role itself. */
  readonly admin: Admin;
  /** Errors of fields that resolve to a value nevertheless; they are added to the response's errors. */
  readonly reported: GraphQLError[];
}
