import { entryOf } from '../errors/catalogue.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { ClientError } from '../graphql/finish-errors.ts';
import type { PlainResponse } from './respond.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Has one header of each name, and a text. */
export interface ErrorResponse extends PlainResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Turns errors without data into a response: the highest status of their codes, and their headers.
 *
 * @param isStrict whether the client accepts `application/graphql-response+json`
 */
export function errorResponse(errors: readonly ClientError[], { isStrict = true } = {}): ErrorResponse {
  let status = 0;
  const headers: Record<string, string> = { 'content-type': JSON_TYPE };
  for (const error of errors) {
    const entry = entryOf(error.formatted.extensions?.code);
    const strictOnly = error.strictOnly ?? entry.strictOnly;
    status = Math.max(status, strictOnly && !isStrict ? 200 : (error.status ?? entry.status));
    Object.assign(headers, error.headers);
  }
  // Yoga returns no error at all for an aborted execution.
  return {
    status: status || 500,
    headers,
    body: JSON.stringify({ errors: errors.map(({ formatted }) => formatted) }),
  };
}

/** The response to a request that is rejected before GraphQL. */
export function rejection({ message, extensions, headers, status }: GatewayError): ErrorResponse {
  return errorResponse([{ formatted: { message, extensions }, headers, status }]);
}
