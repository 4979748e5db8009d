import { GraphQLError } from 'graphql';
import { GatewayError } from '../errors/gateway-error.ts';

/**
 * Lets through what is meant for clients, GatewayErrors and graphql-js's own refusals of a request, and puts
 * a fixed sentence in the place of anything else. Yoga logs what was masked, whole.
 */
export function maskError(error: unknown): Error {
  if (error instanceof GraphQLError && isForClients(error)) return error;
  const located = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError('The gateway failed unexpectedly. The request id finds the cause in its log.', {
    ...(located?.nodes ? { nodes: located.nodes } : {}),
    ...(located?.path ? { path: located.path } : {}),
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
  });
}

/** An error that wraps another is judged by the innermost. */
function isForClients(error: GraphQLError): boolean {
  let cause: Error | undefined = error;
  while (cause instanceof GraphQLError && !(cause instanceof GatewayError) && cause.originalError) {
    cause = cause.originalError;
  }
  return cause instanceof GraphQLError;
}
