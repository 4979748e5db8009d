import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly url: string;
  /** Stops taking connections and waits for running requests, but no longer than `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** @throws when the port is taken or may not be used */
export async function listen(handle: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: (withinMs) => close(server, withinMs),
  };
}

async function close(server: Server, withinMs: number): Promise<void> {
  // Who still asks on a connection that is there is answered, and told to open another one elsewhere.
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive is idle again after its last answer and would hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
