import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../../errors/gateway-error.ts';

interface HttpHint {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as the answer to an HTTP request, for what is refused before GraphQL begins. */
export function refusalOf({ message, extensions }: GatewayError): HttpHint & { body: string } {
  const { http, ...rest } = extensions as { http: HttpHint };
  return { ...http, body: JSON.stringify({ errors: [{ message, extensions: rest }] }) };
}

/** Answers at once, and does not read what is still to come of the request. */
export function refuse(response: ServerResponse, error: GatewayError): void {
  const { status, headers, body } = refusalOf(error);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
    // A body that nobody reads would be taken for the next request.
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}
