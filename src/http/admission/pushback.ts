import type { Socket } from 'node:net';
import { addressKey } from './connection-limit.ts';

export interface PushbackOptions {
  /** How long a socket is not read at least, in milliseconds. @default 500 */
  readonly pauseMs?: number;
  /**
   * Sockets that are read again per second: those that were paused together do not come back together.
   *
   * @default 2000
   */
  readonly resumesPerSecond?: number;
  /**
   * Requests per second that are shed without a pause: an overload need not be the client's fault.
   *
   * @default 2500
   */
  readonly freePerSecond?: number;
  /**
   * Rejections for want of a key, of one address per second, before its new sockets are paused.
   *
   * @default 50
   */
  readonly maxPerAddress?: number;
  /**
   * The address a socket is counted by, or null.
   *
   * @default its address, an IPv6 address as its /64, null for loopback
   */
  readonly addressOf?: (socket: Socket) => string | null;
}

/** Why a request was rejected: it has no valid key, the caller's rate is used up, or load was shed. */
export type RejectionReason = 'unauthenticated' | 'rate limit' | 'overload';

export type Pushback = ReturnType<typeof createPushback>;

/** However many are paused. Shorter than clients wait for a response. */
const MAX_PAUSE_MS = 2_000;
/** Free rejections that may follow each other at once, as milliseconds of their rate. */
const BURST_MS = 250;
const SECOND_MS = 1_000;

/**
 * Slows down clients that send the next request as soon as the last one is rejected: the socket is not read
 * for a moment, so that the kernel holds the next request and TCP tells the client to wait. The rejection
 * itself is not delayed.
 *
 * Not for connections that several clients share, as behind a proxy: there it would delay the others.
 */
export function createPushback({
  pauseMs = 500,
  resumesPerSecond = 2_000,
  freePerSecond = 2_500,
  maxPerAddress = 50,
  addressOf = ({ remoteAddress }) => addressKey(remoteAddress),
}: PushbackOptions = {}) {
  const isFree = createTokenBucket(freePerSecond, Math.max(1, (freePerSecond * BURST_MS) / SECOND_MS));
  /** When the last of the paused sockets is read again, by `performance.now()`. */
  let lastResume = 0;
  const paused = new WeakSet<Socket>();
  /** Rejections for want of a key in the second since `secondStart`. */
  const byAddress = new Map<string, number>();
  let secondStart = 0;

  function nextPauseMs(): number {
    const now = performance.now();
    lastResume = Math.max(lastResume + SECOND_MS / resumesPerSecond, now + pauseMs);
    lastResume = Math.min(lastResume, now + MAX_PAUSE_MS);
    return lastResume - now;
  }

  function pause(socket: Socket): void {
    if (socket.destroyed || paused.has(socket)) return;
    paused.add(socket);
    // Node reads on by itself once a response ends, to drop the rest of the request's body.
    const hold = () => void socket.pause();
    socket.on('resume', hold);
    socket.pause();
    const resume = () => {
      paused.delete(socket);
      socket.off('resume', hold);
      if (!socket.destroyed) socket.resume();
    };
    setTimeout(resume, nextPauseMs()).unref();
  }

  function countAddress(socket: Socket): void {
    const address = addressOf(socket);
    if (address === null) return;
    const now = performance.now();
    if (now - secondStart >= SECOND_MS) {
      byAddress.clear();
      secondStart = now;
    }
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
  }

  return {
    /** Call once a rejection has been sent. */
    rejected(socket: Socket, reason: RejectionReason): void {
      if (reason === 'unauthenticated') countAddress(socket);
      if (reason !== 'overload' || !isFree()) pause(socket);
    },
    /** Call for each new connection. */
    connected(socket: Socket): void {
      const address = addressOf(socket);
      if (address === null || performance.now() - secondStart >= SECOND_MS) return;
      // Node begins to read it after this event, without another one.
      if ((byAddress.get(address) ?? 0) > maxPerAddress) setImmediate(pause, socket);
    },
  };
}

/** @returns whether there is a token, and takes it */
function createTokenBucket(perSecond: number, capacity: number): () => boolean {
  let tokens = capacity;
  let filledAt = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(capacity, tokens + ((now - filledAt) * perSecond) / SECOND_MS);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
