import type { GraphQLError } from 'graphql';
import type { Caller } from './auth/caller.ts';
import type { CredentialContexts } from './loaders/credential-contexts.ts';
import type { OperationScope } from './loaders/read-summary.ts';
import type { Management } from './management/management.ts';

/** What every resolver gets. Made anew for each GraphQL operation; nothing in it outlives the answer. */
export interface GatewayContext {
  readonly caller: Caller;
  /** The loaders, one set per credential. */
  readonly contexts: CredentialContexts;
  readonly scope: OperationScope;
  /** What an ADMIN may do; it refuses anyone else by itself. */
  readonly management: Management;
  /** Errors of fields that have a value all the same; they are added to the response's. */
  readonly reported: GraphQLError[];
}
