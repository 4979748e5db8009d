import type { FetchAPI } from 'graphql-yoga';
import type { GatewayError } from '../errors/gateway-error.ts';
import { refusalOf } from './http/refuse.ts';
import type { RequestScope } from './request-scope.ts';

/** What a plugin answers in yoga's place; the code goes into the request's line in the log. */
export function refuseRequest(
  error: GatewayError,
  { errorCodes }: Pick<RequestScope, 'errorCodes'>,
  { Response }: Pick<FetchAPI, 'Response'>,
): Response {
  const { status, headers, body } = refusalOf(error);
  errorCodes.add(String(error.extensions.code));
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}
