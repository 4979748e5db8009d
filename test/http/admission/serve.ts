import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server and raw connections to it; both end with the test. */
export interface Served {
  readonly server: ReturnType<typeof createServer>;
  connect(): Connection;
}

/** One keep-alive connection. */
export interface Connection {
  readonly socket: Socket;
  /** Sends a request without waiting. */
  write(text: string): void;
  /** Sends a request. @returns its status, 0 where the connection ends first */
  ask(text: string): Promise<number>;
  /** Statuses of all responses so far. */
  readonly statuses: readonly number[];
}

export async function serve(handle: RequestListener): Promise<Served> {
  const server = createServer(handle);
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve),
  );
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, connect: () => openConnection(port) };
}

function openConnection(port: number): Connection {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  const statuses: number[] = [];
  const waiting: ((status: number) => void)[] = [];
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const resolve of waiting.splice(0)) resolve(0);
  });
  // Every response of these tests is small, and comes in one piece.
  socket.on('data', (bytes) => {
    for (const [, status] of bytes.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g)) {
      statuses.push(Number(status));
      waiting.shift()?.(Number(status));
    }
  });
  return {
    socket,
    statuses,
    write: (text) => void socket.write(text),
    ask(text) {
      if (socket.destroyed) return Promise.resolve(0);
      return new Promise((resolve) => {
        waiting.push(resolve);
        socket.write(text);
      });
    },
  };
}

/** The text of a request; a `length` greater than the body's leaves it incomplete. */
export function post(path: string, { principal = '', body = '{}', length = 0 } = {}): string {
  const auth = principal && `x-principal: ${principal}\r\n`;
  return `POST ${path} HTTP/1.1\r\nhost: a\r\n${auth}content-length: ${length || body.length}\r\n\r\n${body}`;
}

/** Sends a status and closes nothing. */
export function reply(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-length': 2 });
  response.end('{}');
}

/** Reads a body to its end. @throws when the connection ends first */
export async function readBody(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return bytes;
}

/** Blocks the event loop, in milliseconds. */
export function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
