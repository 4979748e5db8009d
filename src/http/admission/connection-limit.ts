import type { Server } from 'node:http';
import { isIPv4, isIPv6, type Socket } from 'node:net';
import type { Logger } from '../../log.ts';

export interface ConnectionLimitOptions {
  /**
   * Connections of one address at once; 0 does not limit them: behind a proxy all clients share one.
   */
  readonly maxPerAddress: number;
  readonly log: Pick<Logger, 'warn'>;
  /**
   * The address a socket is counted by, or null.
   *
   * @default its address, an IPv6 address as its /64, null for loopback
   */
  readonly addressOf?: (socket: Socket) => string | null;
}

const LOG_EVERY_MS = 1_000;

/**
 * Limits the connections of each address, so that one client cannot use up the file descriptors of all. A connection over
 * the limit is closed before anything is read from it; one log line a second counts them.
 */
export function createConnectionLimit({
  maxPerAddress,
  log,
  addressOf = ({ remoteAddress }) => addressKey(remoteAddress),
}: ConnectionLimitOptions) {
  const open = new Map<string, number>();
  let closed = 0;
  let timer: NodeJS.Timeout | undefined;

  function note(): void {
    timer = undefined;
    log.warn({ closed, maxPerAddress }, 'too many connections of one address: connections were closed');
    closed = 0;
  }

  function onConnection(socket: Socket): void {
    const address = addressOf(socket);
    if (address === null) return;
    const count = open.get(address) ?? 0;
    if (count >= maxPerAddress) {
      socket.destroy();
      closed += 1;
      timer ??= setTimeout(note, LOG_EVERY_MS).unref();
      return;
    }
    open.set(address, count + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  }

  return {
    attach(server: Server): void {
      if (maxPerAddress > 0) server.on('connection', onConnection);
    },
    close() {
      clearTimeout(timer);
      if (timer) note();
    },
  };
}

/**
 * The network an address is counted as: an IPv4 address by itself, an IPv6 address with all others of its
 * /64, which one client can use freely. Null for loopback and for sockets without an address: everything on
 * this machine shares it, proxies included.
 */
export function addressKey(address: string | null | undefined): string | null {
  if (!address) return null;
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(plain)) return plain.startsWith('127.') ? null : plain;
  if (!isIPv6(plain) || plain === '::1') return null;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - first.length - last.length)).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
