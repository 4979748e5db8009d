import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handle } from './service.ts';
import type { SandboxResponse } from './types.ts';

/** More than any form or JSON the sandbox takes. */
const MAX_BODY = 256 * 1024;

export interface Listener {
  url: string;
  close(): Promise<void>;
}

/** Serves the sandbox over plain HTTP with keep-alive; port 0 takes a free one. */
export async function listen(handle: Handle, { port = 0, host = '127.0.0.1' } = {}): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(handle, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function answer(handle: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = await read(request);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, v?.toString()]));
  const message = { method: request.method ?? 'GET', url: request.url ?? '/', headers, body };
  send(response, await handle(message, gone.signal));
}

function send(
  response: ServerResponse,
  { status, headers, body, bytes: file, broken }: SandboxResponse,
): void {
  if (broken === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const bytes = Buffer.from(file ?? body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (broken === undefined) {
    response.end(bytes);
    return;
  }
  // The promised length is not met, which is how a client knows that the body is not whole.
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('The request body is too large for the sandbox.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
