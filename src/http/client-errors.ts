import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LimitSettings } from '../config/limits.ts';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import { rejection } from './error-response.ts';

type Limits = Pick<LimitSettings, 'maxHeaderBytes' | 'clientTimeoutMs'>;

/** What became of a connection without a request. Nothing in it comes from the client. */
export interface ClientError {
  /** The `X-Request-Id` of the response. */
  readonly requestId: string;
  readonly status: number;
  readonly code: string;
  /** What Node's parser calls it, such as HPE_INVALID_METHOD; or CONNECT. */
  readonly reason: string;
}

/** Responds to connections without a valid request: headers too large or too slow, not HTTP, or CONNECT. */
export function answerClientErrors(
  server: Server,
  { maxHeaderBytes, clientTimeoutMs }: Limits,
  told: (error: ClientError) => void = () => {},
): void {
  // Node would close the connection without a response.
  server.on('connect', (_request, socket) =>
    answer(socket, gatewayError('BAD_REQUEST', 'protocol'), 'CONNECT'),
  );
  server.on('clientError', ({ code: reason = '' }: NodeJS.ErrnoException, socket) => {
    if (reason === 'ECONNRESET' || !socket.writable || hasAnswer(socket as Socket)) {
      socket.destroy();
      return;
    }
    const error =
      reason === 'HPE_HEADER_OVERFLOW'
        ? gatewayError('HEADERS_TOO_LARGE', maxHeaderBytes)
        : reason === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? gatewayError('CLIENT_TOO_SLOW', clientTimeoutMs)
          : gatewayError('BAD_REQUEST', 'protocol');
    answer(socket, error, reason);
  });

  function answer(socket: Duplex, error: GatewayError, reason: string): void {
    const { status, body } = rejection(error);
    // The client's own is not known: what it sent was not understood.
    const requestId = crypto.randomUUID();
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ];
    // Destroyed once it is sent: a client that goes on sending would hold the socket open.
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
    told({ requestId, status, code: error.code, reason });
  }
}

/** An answer that has begun must not get another into its middle. Node's own handler looks here as well. */
function hasAnswer(socket: Socket & { _httpMessage?: { _headerSent?: boolean } | null }): boolean {
  return socket._httpMessage?._headerSent === true;
}
