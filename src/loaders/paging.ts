import { BadUserInputError } from '../errors/input.ts';
import type { Position } from '../history/position.ts';
import type { SliceRequest } from '../history/slice.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../twilio/page.ts';

/** Relay's four arguments, as a caller gave them. */
export interface Paging {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** @throws {BadUserInputError} for arguments that do not go together or lie outside 1 to 1,000 */
export function toWindowRequest(
  { first, after, last, before }: Paging,
  decode: (cursor: string, argument: 'after' | 'before') => Position,
): SliceRequest {
  const forward = first != null || after != null;
  const backward = last != null || before != null;
  if (forward && backward) {
    throw new BadUserInputError(
      'Page in one direction: "first" with "after", or "last" with "before", not both.',
      { argument: last != null ? 'last' : 'before' },
    );
  }
  if (!backward) {
    const count = checkCount(first ?? DEFAULT_PAGE_SIZE, 'first');
    return { first: count, after: after == null ? null : decode(after, 'after') };
  }
  if (before == null) {
    throw new BadUserInputError(
      '"last" needs "before": Twilio lists newest first and cannot begin at the oldest. Pass the startCursor of a page as "before".',
      { argument: 'last' },
    );
  }
  return { last: checkCount(last ?? DEFAULT_PAGE_SIZE, 'last'), before: decode(before, 'before') };
}

function checkCount(count: number, argument: 'first' | 'last'): number {
  if (count >= 1 && count <= MAX_PAGE_SIZE) return count;
  throw new BadUserInputError(`"${argument}" must be from 1 to ${MAX_PAGE_SIZE}, but is ${count}.`, {
    argument,
  });
}

/** The argument that holds a cursor, if any does. */
export function cursorIn({ after, before }: Paging): 'after' | 'before' | undefined {
  if (before != null) return 'before';
  return after == null ? undefined : 'after';
}
