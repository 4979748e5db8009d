import { type ASTNode, GraphQLError } from 'graphql';
import { GatewayError } from '../errors/gateway-error.ts';

/** Wraps a gateway error for scalars and validation rules, where graphql-js accepts only its own errors. */
export function toGraphQLError(error: GatewayError, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(error.message, { ...(nodes && { nodes }), originalError: error });
}

/** Unwraps the gateway error inside an error of graphql-js. */
export function gatewayErrorOf(error: unknown): GatewayError | undefined {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause instanceof GatewayError ? cause : undefined;
}
