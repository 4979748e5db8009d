import type { GraphQLError } from 'graphql';
import type { Caller } from './auth/caller.ts';
import type { CredentialContexts } from './loaders/credential-contexts.ts';
import type { OperationScope } from './loaders/read-summary.ts';
import type { Management } from './management/management.ts';

/** The context of a resolver. Created for each GraphQL operation and dropped with its response. */
export interface GatewayContext {
  readonly caller: Caller;
  /** The loaders, one set per credential. */
  readonly contexts: CredentialContexts;
  readonly scope: OperationScope;
  /** The actions of an ADMIN; each checks the caller's role itself. */
  readonly management: Management;
  /** Errors of fields that resolve to a value nevertheless; they are added to the response's errors. */
  readonly reported: GraphQLError[];
}
