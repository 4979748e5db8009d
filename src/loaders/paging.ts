import { gatewayError } from '../errors/gateway-error.ts';
import type { Position } from '../pagination/position.ts';
import type { SliceRequest } from '../pagination/slice.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../twilio/page.ts';

/** Relay's four pagination arguments, as received. */
export interface Paging {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/**
 * Validates Relay's arguments and decodes the cursor.
 *
 * @throws {BAD_USER_INPUT} for contradictory arguments, or a number outside 1 to 1,000
 * @throws {CURSOR_INVALID}
 */
export function toSliceRequest(
  { first, after, last, before }: Paging,
  decode: (cursor: string, argument: 'after' | 'before') => Position,
): SliceRequest {
  const forward = first != null || after != null;
  const backward = last != null || before != null;
  if (forward && backward) {
    throw gatewayError(
      'BAD_USER_INPUT',
      'Page in one direction: "first" with "after", or "last" with "before", not both.',
      last != null ? 'last' : 'before',
    );
  }
  if (!backward) {
    const count = checkCount(first ?? DEFAULT_PAGE_SIZE, 'first');
    return { first: count, after: after == null ? null : decode(after, 'after') };
  }
  if (before == null) {
    throw gatewayError(
      'BAD_USER_INPUT',
      '"last" requires "before": Twilio lists newest first and cannot start at the oldest. Pass the startCursor of a page as "before".',
      'last',
    );
  }
  return { last: checkCount(last ?? DEFAULT_PAGE_SIZE, 'last'), before: decode(before, 'before') };
}

function checkCount(count: number, argument: 'first' | 'last'): number {
  if (count >= 1 && count <= MAX_PAGE_SIZE) return count;
  throw gatewayError(
    'BAD_USER_INPUT',
    `"${argument}" must be between 1 and ${MAX_PAGE_SIZE}, but is ${count}.`,
    argument,
  );
}

/** Returns the name of the argument that holds a cursor, if any. */
export function cursorIn({ after, before }: Paging): 'after' | 'before' | undefined {
  if (before != null) return 'before';
  return after == null ? undefined : 'after';
}
