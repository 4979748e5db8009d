import { GraphQLError } from 'graphql';
import type { Logger } from '../log.ts';
import { gatewayErrorOf } from '../schema/graphql-error.ts';

/**
 * Lets through errors that are meant for clients: gateway errors, and graphql-js's own about the request. Any other is
 * logged whole and replaced by a fixed sentence.
 */
export function maskError(error: unknown, log: Pick<Logger, 'error'>): GraphQLError {
  if (error instanceof GraphQLError && isForClients(error)) return error;
  const known = gatewayErrorOf(error);
  if (known) return new GraphQLError(known.message, { originalError: known });
  log.error({ err: error }, 'unexpected error');
  const located = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError('The gateway failed unexpectedly. The request id finds the cause in its log.', {
    ...(located?.nodes ? { nodes: located.nodes } : {}),
    ...(located?.path ? { path: located.path } : {}),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
}

function isForClients(error: GraphQLError): boolean {
  let cause: Error | undefined = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause instanceof GraphQLError || gatewayErrorOf(error) !== undefined;
}
