import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../../log.ts';
import { addressKey } from './address-key.ts';

export interface ConnectionLimitOptions {
  /**
   * Connections of one address at once; 0 does not limit them, as behind a proxy, which all clients share.
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

/** Limits the connections of each address, so that one client cannot use up the file descriptors of all. */
export interface ConnectionLimit {
  attach(server: Server): void;
  close(): void;
}

const LOG_EVERY_MS = 1_000;

/** Closes what is over the limit before anything is read from it; one log line a second says so. */
export function createConnectionLimit({
  maxPerAddress,
  log,
  addressOf = ({ remoteAddress }) => addressKey(remoteAddress),
}: ConnectionLimitOptions): ConnectionLimit {
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
    attach(server) {
      if (maxPerAddress > 0) server.on('connection', onConnection);
    },
    close() {
      clearTimeout(timer);
      if (timer) note();
    },
  };
}
