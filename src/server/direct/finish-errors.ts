import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from '../../log.ts';
import { limitErrors } from '../limit-errors.ts';
import { maskError } from '../mask-error.ts';
import { withCode } from '../use-error-codes.ts';

export interface FinishedErrors {
  readonly errors: readonly GraphQLFormattedError[];
  /** The highest an error asks for; else 200, because there is an answer beside them; without one 500. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Does to the errors of an executed query what yoga and its plugins do: masks and logs what is not for
 * clients, gives codes, and takes what concerns HTTP out of them.
 */
export function finishErrors(
  raw: readonly GraphQLError[],
  log: Logger,
  codes: Set<string>,
  { withoutData = false, hasData = false } = {},
): FinishedErrors {
  let status = 0;
  let failed = false;
  const headers: Record<string, string> = {};
  const masked = raw.map((error) => {
    const one = maskError(error) as GraphQLError;
    if (one !== error) log.error({ err: error }, 'unexpected error');
    return withCode(one);
  });
  const errors = limitErrors(masked, hasData).map((error) => {
    const formatted = error.toJSON();
    const { http, unexpected, ...extensions } = formatted.extensions ?? {};
    codes.add(String(extensions.code));
    const wish = (http ?? {}) as { status?: number; headers?: Record<string, string> };
    status = Math.max(status, wish.status ?? 0);
    Object.assign(headers, wish.headers);
    failed ||= withoutData && unexpected === true;
    return { ...formatted, extensions };
  });
  return { errors, status: status || (failed ? 500 : 200), headers };
}
