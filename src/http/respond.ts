import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { entryOf } from '../errors/catalogue.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { ClientError } from '../graphql/finish-errors.ts';

type Headers = Readonly<Record<string, string | string[]>>;

/** A complete response, whichever way it is sent. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/**
 * Sent with every response; a route may replace them, as pages do. Responses are data: a browser must not run, frame,
 * sniff or store any of it. Hono's secure-headers middleware would set them one by one on each finished response.
 */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * Sends a response. Over HTTP it is written in one go: a Response and its stream would cost as much as all other
 * steps together. In-process it becomes a Response.
 *
 * @param outgoing absent in-process
 * @param more headers of the whole request, such as those of CORS
 */
export function respond(
  { status, headers, body }: PlainResponse,
  outgoing: ServerResponse | undefined,
  more: Headers,
): Response {
  const all: Record<string, string | string[]> = { ...SECURITY_HEADERS, ...more, ...headers };
  if (!outgoing) return new Response(body, { status, headers: pairsOf(all) });
  if (outgoing.headersSent || outgoing.destroyed) return RESPONSE_ALREADY_SENT;
  if (body !== null) all['content-length'] ??= String(Buffer.byteLength(body));
  // Where the end of an unread body is not known, the connection cannot be used again.
  if (!outgoing.req.complete && 'transfer-encoding' in outgoing.req.headers) all.connection = 'close';
  outgoing.writeHead(status, all);
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

function pairsOf(headers: Headers): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}

/** JSON for probes and programs that read no GraphQL. */
export function jsonResponse(status: number, value: unknown): PlainResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

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
