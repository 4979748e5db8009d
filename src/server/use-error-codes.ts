import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../errors/gateway-error.ts';
import { addArgumentPlaces } from './argument-places.ts';
import { limitErrors } from './limit-errors.ts';

/**
 * Gives every error a code: graphql-js sets none where a variable has the wrong type. Where it would repeat
 * the refused value, which may be a phone number, only the place is left. Of a value in the text of a query, the place
 * is added.
 */
export function useErrorCodes(): Plugin {
  return {
    onValidate: ({ params: { documentAST } }) => {
      return ({ result }) => addArgumentPlaces(documentAST, result as readonly GraphQLError[]);
    },
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return;
      const errors = limitErrors(result.errors.map(withCode), 'data' in result && result.data != null);
      setResult({ ...result, errors });
    },
  };
}

/** Gives one error its code. */
export function withCode(error: GraphQLError): GraphQLError {
  const inVariable = /^Variable "\$(\w+)" (?:got invalid value .*? at "\1([^"]*)"|got invalid value)/s.exec(
    error.message,
  );
  const cause = error.originalError;
  if (inVariable && cause instanceof GatewayError) {
    const place = `${inVariable[1]}${inVariable[2] ?? ''}`;
    return new GraphQLError(`Variable "$${place}": ${cause.message}`, {
      ...(error.nodes ? { nodes: error.nodes } : {}),
      extensions: { ...cause.extensions, argument: place },
    });
  }
  if (error.extensions.originalError) {
    // Yoga says here what was wrong with a body, repeats a piece of it, and takes it as the sign for 400.
    delete error.extensions.originalError;
    error.extensions.http = { status: 400 };
  }
  error.extensions.code ??= 'BAD_USER_INPUT';
  return error;
}
