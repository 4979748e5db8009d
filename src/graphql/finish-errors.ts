import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from '../log.ts';
import { gatewayErrorOf } from '../schema/graphql-error.ts';
import { withCode } from './error-codes.ts';
import { limitErrors } from './limit-errors.ts';
import { maskError } from './mask-error.ts';

/** An error for the client, with its HTTP status and headers. */
export interface ClientError {
  readonly formatted: GraphQLFormattedError;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the catalogue's: 405 for a mutation by GET. */
  readonly status?: number | undefined;
  readonly strictOnly?: boolean | undefined;
}

export interface FinishOptions {
  /** Beside data every error is kept, for each says why something there is null. */
  readonly hasData: boolean;
  /** "Did you mean …" in messages. */
  readonly suggestions: boolean;
  readonly log: Pick<Logger, 'error'>;
}

/** What yoga notes for HTTP. `spec` means the status is only for clients that accept application/graphql-response+json. */
interface HttpHint {
  readonly status?: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes errors ready for a client: masked, with a code, cut to a size, and without what concerns HTTP alone. */
export function finishErrors(errors: readonly unknown[], options: FinishOptions): ClientError[] {
  const coded = errors.map((error) => withCode(maskError(error, options.log)));
  if (!options.suggestions) coded.forEach(removeSuggestion);
  return limitErrors(coded, options.hasData).map((error) => {
    const formatted = error.toJSON();
    const { http, ...extensions } = (formatted.extensions ?? {}) as { http?: HttpHint };
    const cause = gatewayErrorOf(error);
    return {
      formatted: { ...formatted, extensions },
      headers: cause?.headers ?? http?.headers ?? {},
      status: cause?.status ?? http?.status,
      strictOnly: http?.spec,
    };
  });
}

/** graphql-js ends its sentences with names it knows: fields, types, arguments, enum values. */
function removeSuggestion(error: GraphQLError): void {
  const { message } = error;
  const start = message.indexOf(' Did you mean ');
  if (start >= 0 && message.endsWith('?')) error.message = message.slice(0, start);
}
