import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handle } from './service.ts';
import type { SandboxResponse } from './types.ts';

/** Larger than any form or JSON body that the sandbox accepts. */
const MAX_BODY = 256 * 1024;

export interface Listener {
  url: string;
  close(): Promise<void>;
}

/** Serves the sandbox over plain HTTP with keep-alive; port 0 picks a free one. */
export async function listen(handle: Handle, { port = 0, host = '127.0.0.1' } = {}): Promise<Listener> {
  const server = createServer((request, response) => {
    respond(handle, request, response).catch(() => response.destroy());
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

async function respond(handle: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> {
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
  // The body is shorter than its Content-Length, so that the client notices the truncation.
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

/** Creates an in-process `fetch`. Aborts and broken connections behave as with the global one. */
export function createFetch(handle: Handle) {
  return async function fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const relative = typeof input === 'string' && input.startsWith('/');
    const request = new Request(relative ? `http://sandbox${input}` : input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const { pathname, search } = new URL(request.url);
    const message = {
      method: request.method,
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    try {
      return toResponse(await handle(message, signal));
    } catch (error) {
      // The timer rejects with its own error, but fetch must reject with the signal's reason.
      signal.throwIfAborted();
      throw error;
    }
  };
}

function toResponse({ status, headers, body, bytes: file, broken }: SandboxResponse): Response {
  if (broken === 'reset') {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    throw new TypeError('fetch failed', { cause });
  }
  const bytes = file ? Uint8Array.from(file) : new TextEncoder().encode(body);
  if (broken === undefined) return new Response(file ? bytes : body, { status, headers });
  let half: Uint8Array | null = bytes.subarray(0, bytes.length >> 1);
  const stream = new ReadableStream<Uint8Array>({
    // In two pulls, because an error right after enqueue discards the queued half.
    pull(controller) {
      if (half) controller.enqueue(half);
      else controller.error(new TypeError('terminated', { cause: new Error('other side closed') }));
      half = null;
    },
  });
  return new Response(stream, { status, headers: { ...headers, 'content-length': String(bytes.length) } });
}
