import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  DEFAULT_HTTP,
  DEFAULT_LIMITS,
  type HttpSettings,
  type LimitSettings,
} from '../../src/config/limits.ts';
import { listen } from '../../src/http/listen.ts';
import { createKit, type KitOptions } from '../kit.ts';

export interface HttpKitOptions extends Omit<KitOptions, 'config'> {
  limits?: Partial<LimitSettings>;
  http?: Partial<HttpSettings>;
  config?: KitOptions['config'];
}

/** A gateway on a free port, opened as in start(); closed after the test. */
export async function listening({ limits, http, config, ...options }: HttpKitOptions = {}) {
  const settings = { ...DEFAULT_LIMITS, ...limits };
  const kit = createKit({
    sandbox: { messages: 50 },
    ...options,
    config: { ...config, limits: settings, http: { ...DEFAULT_HTTP, ...http } },
  });
  const { url, close } = await listen(kit.gateway, '127.0.0.1', 0, settings);
  onTestFinished(async () => {
    await close(0);
    await kit.gateway.close();
  });
  const graphql = `${url}/graphql`;
  return {
    ...kit,
    url,
    graphql,
    post: (body: string | object, headers: Record<string, string> = {}) =>
      fetch(graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    socket: () => openSocket(Number(new URL(url).port)),
  };
}

export interface RawSocket {
  readonly socket: Socket;
  /** Resolves with everything the server sent, when it has closed the connection. */
  readonly closed: Promise<string>;
  write(text: string): void;
}

/** Opens a socket to a local port without sending anything. */
export function openSocket(port: number): RawSocket {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  // A server that closes while the client is still sending causes a reset.
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  return { socket, closed, write: (text) => socket.write(text) };
}

/** Parses the error of a raw response. */
export function errorIn(raw: string): { status: number; extensions: Record<string, unknown> } {
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(raw)?.[1]);
  const { errors } = JSON.parse(raw.slice(raw.indexOf('\r\n\r\n'))) as {
    errors: [{ extensions: Record<string, unknown> }];
  };
  return { status, extensions: errors[0].extensions };
}
