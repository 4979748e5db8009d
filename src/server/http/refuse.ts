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

/**
 * Answers at once. Node throws away what is still to come of a body whose length is known: a client that sends it
 * whole before it reads would else lose the answer together with the connection.
 */
export function refuse(response: ServerResponse, error: GatewayError): void {
  const { status, headers, body } = refusalOf(error);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
    // Nobody knows where it ends.
    ...('transfer-encoding' in response.req.headers ? { connection: 'close' } : {}),
  });
  response.end(body);
}
