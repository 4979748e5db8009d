import type { Socket } from 'node:net';
import { addressKey } from './connection-limit.ts';

export interface PushbackOptions {
  /** How long a socket is not read at least, in milliseconds. @default 500 */
  readonly pauseMs?: number;
  /**
   * Called for each rejection: what one costs, in milliseconds of the event loop.
   *
   * @default as measured
   */
  readonly costMs?: () => number;
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
/**
 * The share of the event loop that is spent on shedding load without a pause, as an overload need not be the client's fault; and
 * again on the requests of sockets that are read again, so that those that were paused together do not come back together.
 */
const SHARE = 0.25;
/** How long shedding without a pause may take at once, in milliseconds: everybody waits meanwhile. */
const BURST_MS = 20;
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
  costMs = createCostMeter(),
  maxPerAddress = 50,
  addressOf = ({ remoteAddress }) => addressKey(remoteAddress),
}: PushbackOptions = {}) {
  const take = createTokenBucket(SHARE, BURST_MS);
  /** Of one rejection, in milliseconds. */
  let cost = ASSUMED_COST_MS;
  /** When the last of the paused sockets is read again, by `performance.now()`. */
  let lastResume = 0;
  const paused = new WeakSet<Socket>();
  /** Rejections for want of a key in the second since `secondStart`. */
  const byAddress = new Map<string, number>();
  let secondStart = 0;

  function nextPauseMs(): number {
    const now = performance.now();
    lastResume = Math.max(lastResume + cost / SHARE, now + pauseMs);
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
      cost = costMs();
      if (reason !== 'overload' || !take(cost)) pause(socket);
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

/** @returns whether there are as many milliseconds, and takes them. @param share how fast it fills, per millisecond */
function createTokenBucket(share: number, capacity: number): (amount: number) => boolean {
  let left = capacity;
  let filledAt = performance.now();
  return (amount) => {
    const now = performance.now();
    left = Math.min(capacity, left + (now - filledAt) * share);
    filledAt = now;
    if (left < amount) return false;
    left -= amount;
    return true;
  };
}

/** Before the first are measured. */
const ASSUMED_COST_MS = 0.1;
/** How far one sample moves the measure. */
const STEP = 0.02;

/**
 * Measures what a rejection costs, from reading the request on: the median time between two of them in the same turn of the event
 * loop. Between some of them other requests were worked on.
 */
function createCostMeter(): () => number {
  let costMs = ASSUMED_COST_MS;
  let last: number | null = null;
  const end = () => {
    last = null;
  };
  return () => {
    const now = performance.now();
    if (last === null) setImmediate(end).unref();
    else costMs *= now - last > costMs ? 1 + STEP : 1 - STEP;
    last = now;
    return costMs;
  };
}
