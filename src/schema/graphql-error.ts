import { type ASTNode, GraphQLError } from 'graphql';
import { GatewayError } from '../errors/gateway-error.ts';

/** Wraps a gateway error where graphql-js takes only its own: in scalars and validation rules. */
export function toGraphQLError(error: GatewayError, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(error.message, { ...(nodes && { nodes }), originalError: error });
}

/** Finds the gateway error inside what graphql-js wrapped around it. */
export function gatewayErrorOf(error: unknown): GatewayError | undefined {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause instanceof GatewayError ? cause : undefined;
}
