import { GraphQLError } from 'graphql';
import type { GatewayError } from '../errors/gateway-error.ts';
import { gatewayErrorOf } from '../schema/graphql-error.ts';

/** What graphql-js says of a variable whose value is wrong; it repeats the value. */
const IN_VARIABLE = /^Variable "\$(\w+)" (?:got invalid value .*? at "\1([^"]*)"|got invalid value)/s;

/**
 * Gives an error its code. graphql-js sets none where a variable has the wrong type. A rejected value may be a phone
 * number: where graphql-js would repeat it, only its place is left.
 */
export function withCode(error: GraphQLError): GraphQLError {
  const cause = gatewayErrorOf(error);
  if (cause) {
    const inVariable = IN_VARIABLE.exec(error.message);
    if (inVariable) return inPlace(error, cause, `${inVariable[1]}${inVariable[2] ?? ''}`);
  }
  error.extensions.code ??= 'BAD_USER_INPUT';
  return error;
}

function inPlace({ nodes }: GraphQLError, cause: GatewayError, place: string): GraphQLError {
  return new GraphQLError(`Variable "$${place}": ${cause.message}`, {
    ...(nodes ? { nodes } : {}),
    originalError: cause,
    extensions: { ...cause.extensions, argument: place },
  });
}
