import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { SECURITY_HEADERS } from './security-headers.ts';

type Headers = Readonly<Record<string, string | string[]>>;

/** A complete response, whichever way it is sent. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

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
