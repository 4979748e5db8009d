import { type ExecutionResult, GraphQLError } from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';
import { toGraphQLError } from '../schema/graphql-error.ts';

/** As JSON, for example `\u0000`. */
const MAX_BYTES_PER_CHARACTER = 6;

/**
 * Returns the result, or one error in its place if it has more than `maxBytes` as JSON. It counts before it serializes:
 * fields that share one long string take little memory until then.
 */
export function limitSize(result: ExecutionResult, maxBytes: number): ExecutionResult {
  const characters = countCharacters(result, maxBytes);
  const isTooLarge =
    characters > maxBytes ||
    (MAX_BYTES_PER_CHARACTER * characters > maxBytes && Buffer.byteLength(JSON.stringify(result)) > maxBytes);
  return isTooLarge
    ? { errors: [toGraphQLError(gatewayError('RESPONSE_TOO_LARGE', maxBytes))], data: null }
    : result;
}

/** Counts without escapes, and stops above `max`. */
function countCharacters(result: object, max: number): number {
  let characters = 0;

  function count(value: unknown): void {
    if (characters > max) return;
    if (typeof value === 'string') characters += value.length + 2;
    else if (typeof value === 'number') characters += 1;
    else if (typeof value !== 'object' || value === null) characters += 4;
    else if (Array.isArray(value)) {
      characters += value.length + 1;
      for (const item of value) count(item);
    } else {
      characters += 1;
      const fields: object = value instanceof GraphQLError ? value.toJSON() : value;
      for (const key in fields) {
        characters += key.length + 4;
        count((fields as Record<string, unknown>)[key]);
      }
    }
  }

  count(result);
  return characters;
}
