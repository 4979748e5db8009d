import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DEFAULT_LIMITS, type LimitSettings } from '../config/limits.ts';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import { rejection } from './respond.ts';

export interface Listening {
  readonly url: string;
  /** Stops taking connections and waits for running requests, but no longer than `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** How often slow clients are looked for; Node's own 30 seconds would give each that much more. */
const CHECK_MS = 1_000;

/** Connections waiting to be accepted. When this queue is full the kernel drops them, and clients retry after a second. */
const BACKLOG = 4_096;

type ServerLimits = Pick<LimitSettings, 'maxHeaderBytes' | 'clientTimeoutMs'>;

/** What became of a connection without a request. Nothing in it comes from the client. */
export interface ClientError {
  /** The `X-Request-Id` of the response. */
  readonly requestId: string;
  readonly status: number;
  readonly code: string;
  /** What Node's parser calls it, such as HPE_INVALID_METHOD; or CONNECT. */
  readonly reason: string;
}

/** The callbacks of a listening server. */
export interface Listener {
  readonly handle: RequestListener;
  /** Called for each connection that got a response without a valid request. */
  readonly clientRejected?: (error: ClientError) => void;
  /** Adds what concerns connections rather than requests. */
  readonly attach?: (server: Server) => void;
}

/** @throws when the port is taken or may not be used */
export async function listen(
  { handle, clientRejected, attach }: Listener,
  host: string,
  port: number,
  limits: ServerLimits = DEFAULT_LIMITS,
): Promise<Listening> {
  const { maxHeaderBytes, clientTimeoutMs } = limits;
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, clientTimeoutMs),
      // Node would send only the status; step 1 says why.
      requireHostHeader: false,
    },
    handle,
  );
  attach?.(server);
  respondToClientErrors(server, limits, clientRejected);
  // An unknown expectation may be ignored (RFC 9110, 10.1.1): the response then says more than an empty 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const running = new Set<ServerResponse>();
  server.prependListener('request', (_request, response) => {
    running.add(response);
    response.once('close', () => running.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: (withinMs) => close(server, running, withinMs),
  };
}

async function close(server: Server, running: ReadonlySet<ServerResponse>, withinMs: number): Promise<void> {
  // Clients must open another connection, elsewhere, after their next response: this one is about to close.
  const isLast = (response: ServerResponse) => {
    if (!response.headersSent) response.shouldKeepAlive = false;
  };
  running.forEach(isLast);
  server.prependListener('request', (_request, response) => isLast(response));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection is idle again after its last response and would hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** Responds to connections without a valid request: headers too large or too slow, not HTTP, or CONNECT. */
function respondToClientErrors(
  server: Server,
  { maxHeaderBytes, clientTimeoutMs }: ServerLimits,
  onRejected: ((error: ClientError) => void) | undefined,
): void {
  // Node would close the connection without a response.
  server.on('connect', (_request, socket) =>
    reject(socket, gatewayError('BAD_REQUEST', 'protocol'), 'CONNECT'),
  );
  server.on('clientError', ({ code: reason = '' }: NodeJS.ErrnoException, socket) => {
    if (reason === 'ECONNRESET' || !socket.writable || hasResponse(socket as Socket)) {
      socket.destroy();
      return;
    }
    const error =
      reason === 'HPE_HEADER_OVERFLOW'
        ? gatewayError('HEADERS_TOO_LARGE', maxHeaderBytes)
        : reason === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? gatewayError('CLIENT_TOO_SLOW', clientTimeoutMs)
          : gatewayError('BAD_REQUEST', 'protocol');
    reject(socket, error, reason);
  });

  function reject(socket: Duplex, error: GatewayError, reason: string): void {
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
    onRejected?.({ requestId, status, code: error.code, reason });
  }
}

/** A response that has begun must not be interrupted by another. Node's own handler reads the same fields. */
function hasResponse(socket: Socket & { _httpMessage?: { _headerSent?: boolean } | null }): boolean {
  return socket._httpMessage?._headerSent === true;
}
