import type { Socket } from 'node:net';
import { addressKey } from './address-key.ts';

export interface PushbackOptions {
  /** How long a socket is not read at least, in milliseconds. @default 250 */
  readonly pauseMs?: number;
  /** Sockets that are read again per second: those that were paused together do not come back together. @default 2000 */
  readonly resumesPerSecond?: number;
  /** Rejections of authenticated requests per second before their sockets are paused too. @default 4000 */
  readonly freePerSecond?: number;
  /** Rejections of unauthenticated requests of one address per second before its new sockets are paused. @default 50 */
  readonly maxPerAddress?: number;
  /** The address a socket is counted by, or null. @default its address, an IPv6 address as its /64, null for loopback */
  readonly addressOf?: (socket: Socket) => string | null;
}

/**
 * Slows down clients that send the next request as soon as the last one is rejected: the socket is not read for a
 * moment, so that the kernel holds the next request and TCP tells the client to wait. The rejection itself is not delayed.
 */
export interface Pushback {
  /** Call once a rejection has been sent. */
  rejected(socket: Socket, isAuthenticated: boolean): void;
  /** Call for each new connection. */
  connected(socket: Socket): void;
}

const WINDOW_MS = 100;
/** However many are paused. Shorter than clients wait for a response. */
const MAX_PAUSE_MS = 2_000;

/** Not for connections that clients share, as behind a proxy: there it would delay the others. */
export function createPushback({
  pauseMs = 250,
  resumesPerSecond = 2_000,
  freePerSecond = 4_000,
  maxPerAddress = 50,
  addressOf = ({ remoteAddress }) => addressKey(remoteAddress),
}: PushbackOptions = {}): Pushback {
  /** Rejections of authenticated requests in the current window. */
  let rejections = 0;
  let windowStart = 0;
  /** Rejections of unauthenticated requests in the current second. */
  const byAddress = new Map<string, number>();
  let secondStart = 0;

  /** When the last of the paused sockets is read again, by `performance.now()`. */
  let lastResume = 0;

  function nextPauseMs(): number {
    const now = performance.now();
    lastResume = Math.max(lastResume + 1_000 / resumesPerSecond, now + pauseMs);
    lastResume = Math.min(lastResume, now + MAX_PAUSE_MS);
    return lastResume - now;
  }

  function pause(socket: Socket): void {
    // Node starts to read a connection again in the same phase in which it begins, or in which a response ends.
    setImmediate(() => {
      if (socket.destroyed) return;
      socket.pause();
      setTimeout(() => socket.destroyed || socket.resume(), nextPauseMs()).unref();
    });
  }

  function countAddress(socket: Socket, now: number): void {
    const address = addressOf(socket);
    if (address === null) return;
    if (now - secondStart >= 1_000) {
      byAddress.clear();
      secondStart = now;
    }
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
  }

  return {
    rejected(socket, isAuthenticated) {
      const now = performance.now();
      if (!isAuthenticated) {
        countAddress(socket, now);
        return pause(socket);
      }
      if (now - windowStart >= WINDOW_MS) {
        windowStart = now;
        rejections = 0;
      }
      rejections += 1;
      if (rejections > (freePerSecond * WINDOW_MS) / 1_000) pause(socket);
    },
    connected(socket) {
      const address = addressOf(socket);
      if (address === null || performance.now() - secondStart >= 1_000) return;
      if ((byAddress.get(address) ?? 0) > maxPerAddress) pause(socket);
    },
  };
}
