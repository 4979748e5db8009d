import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request sent by this process. */
export interface OutgoingRequest {
  readonly origin: string;
  readonly method: string;
  /** Including the query. */
  readonly path: string;
}

export interface Outgoing {
  readonly requests: readonly OutgoingRequest[];
  /** The address of every connection attempt, as "address:port". */
  readonly connections: ReadonlySet<string>;
  /** Every name that was resolved. */
  readonly names: ReadonlySet<string>;
}

interface Message {
  readonly request?: OutgoingRequest & {
    readonly host?: string;
    readonly protocol?: string;
  };
  readonly connectParams?: { readonly hostname: string; readonly port: string; readonly protocol: string };
  readonly socket?: Socket;
}

/**
 * Records everything this process sends, below the gateway's own code: requests of undici and node:http, every
 * opened socket, and every resolved name. Ends with the test.
 */
export function recordOutgoing(): Outgoing {
  const requests: OutgoingRequest[] = [];
  const connections = new Set<string>();
  const names = new Set<string>();

  on('undici:request:create', ({ request }) => {
    if (request)
      requests.push({ origin: String(request.origin), method: request.method, path: request.path });
  });
  on('http.client.request.start', ({ request }) => {
    if (!request) return;
    const { protocol, host, method, path } = request;
    requests.push({ origin: `${protocol}//${host}`, method, path });
  });
  on('undici:client:beforeConnect', ({ connectParams }) => {
    if (connectParams) connections.add(`${connectParams.hostname}:${connectParams.port}`);
  });
  on('net.client.socket', ({ socket }) => {
    // Published before each attempt, including failed ones.
    socket?.on('connectionAttempt', (address: string, port: number) => connections.add(`${address}:${port}`));
    socket?.on('connect', () => connections.add(`${socket.remoteAddress}:${socket.remotePort}`));
  });

  const { lookup } = dns;
  dns.lookup = Object.assign(
    (name: string, ...rest: unknown[]) => {
      names.add(name);
      return Reflect.apply(lookup, dns, [name, ...rest]);
    },
    { __promisify__: lookup.__promisify__ },
  ) as typeof lookup;
  onTestFinished(() => {
    dns.lookup = lookup;
  });

  return { requests, connections, names };
}

function on(channel: string, note: (message: Message) => void): void {
  const listener = (message: unknown) => note(message as Message);
  subscribe(channel, listener);
  onTestFinished(() => void unsubscribe(channel, listener));
}
