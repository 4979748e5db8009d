import type { ASTVisitor, ValidationContext } from 'graphql';
import type { LimitSettings } from '../config/limits.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { toGraphQLError } from '../schema/graphql-error.ts';

/** More than the fields of any input type, or the variables of any operation. */
const MAX_KEYS = 200;
/** Deeper than any input type of the schema. */
const MAX_LEVELS = 16;

/**
 * Checks values of a request before they are coerced, and stops at the first limit.
 *
 * @throws {INPUT_TOO_LARGE}
 */
export function checkInput(
  argument: 'variables' | 'extensions',
  value: unknown,
  { maxVariablesBytes, maxListItems }: LimitSettings,
): void {
  let bytes = 0;

  function add(size: number): void {
    bytes += size;
    if (bytes > maxVariablesBytes)
      throw gatewayError('INPUT_TOO_LARGE', argument, 'bytes', maxVariablesBytes);
  }

  function check(part: unknown, level: number): void {
    if (typeof part !== 'object' || part === null) {
      add(typeof part === 'string' ? Buffer.byteLength(part) + 2 : 4);
      return;
    }
    if (level > MAX_LEVELS) throw gatewayError('INPUT_TOO_LARGE', argument, 'levels', MAX_LEVELS);
    add(2);
    if (Array.isArray(part)) {
      if (part.length > maxListItems) throw gatewayError('INPUT_TOO_LARGE', argument, 'items', maxListItems);
      for (const item of part) check(item, level + 1);
      return;
    }
    let keys = 0;
    for (const key in part) {
      keys += 1;
      if (keys > MAX_KEYS) throw gatewayError('INPUT_TOO_LARGE', argument, 'keys', MAX_KEYS);
      add(Buffer.byteLength(key) + 3);
      check((part as Record<string, unknown>)[key], level + 1);
    }
  }

  check(value, 1);
}

/** Applies the same limits to values in the query's text, whose bytes MAX_BODY_KB and MAX_TOKENS limit. */
export const maxInputRule =
  ({ maxListItems }: LimitSettings) =>
  (context: ValidationContext): ASTVisitor => {
    let level = 0;
    let isReported = false;

    function enter(measure: 'items' | 'keys', count: number, limit: number): false | undefined {
      level += 1;
      if (count <= limit && level <= MAX_LEVELS) return undefined;
      const error =
        count > limit
          ? gatewayError('INPUT_TOO_LARGE', 'query', measure, limit)
          : gatewayError('INPUT_TOO_LARGE', 'query', 'levels', MAX_LEVELS);
      if (!isReported) context.reportError(toGraphQLError(error));
      isReported = true;
      // graphql-js does not leave a node that was not entered.
      level -= 1;
      return false;
    }
    const leave = () => {
      level -= 1;
    };

    return {
      ListValue: { enter: ({ values }) => enter('items', values.length, maxListItems), leave },
      ObjectValue: { enter: ({ fields }) => enter('keys', fields.length, MAX_KEYS), leave },
    };
  };
