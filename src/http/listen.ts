import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_LIMITS, type LimitSettings } from '../config/limits.ts';
import { answerClientErrors, type ClientError } from './client-errors.ts';

export interface Listening {
  readonly url: string;
  /** Stops taking connections and waits for running requests, but no longer than `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** How often slow clients are looked for; Node's own 30 seconds would give each that much more. */
const CHECK_MS = 1_000;

/** Connections waiting to be accepted. When this queue is full the kernel drops them, and clients retry after a second. */
const BACKLOG = 4_096;

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
  limits: Pick<LimitSettings, 'maxHeaderBytes' | 'clientTimeoutMs'> = DEFAULT_LIMITS,
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
  answerClientErrors(server, limits, clientRejected);
  // An expectation nobody knows may be passed over (RFC 9110, 10.1.1), which tells more than an empty 417.
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
  // Who is answered from now on is told to open another connection, elsewhere: this one would end under them.
  const isLast = (response: ServerResponse) => {
    if (!response.headersSent) response.shouldKeepAlive = false;
  };
  running.forEach(isLast);
  server.prependListener('request', (_request, response) => isLast(response));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive is idle again after its last answer and would hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
