import type { ServerResponse } from 'node:http';
import { createAdaptiveLimit } from './adaptive-limit.ts';

export interface OpenRequestsOptions {
  readonly max: number;
  /** How late the event loop may always be until fewer are let in, in milliseconds; 0 does not look. */
  readonly maxLateMs: number;
  /** So many are let in however late it is. */
  readonly alwaysOpen: number;
  /** After so long a request has been answered, or its client does not take the answer. In milliseconds. */
  readonly longestMs: number;
}

/** Why one more is not let in. */
export interface Overload {
  readonly limit: number;
  readonly actual: number;
}

/** The requests under way on this gateway, by whatever way they are answered. */
export interface OpenRequests {
  /** Counts a request until its answer is sent. */
  enter(response: ServerResponse): Overload | undefined;
  readonly count: number;
  close(): void;
}

const SWEEP_MS = 1_000;
/** How often the event loop is looked at while there are requests. */
const LOOK_MS = 5;
/** What came in while the loop was so many times too late, twice in a row, is not even begun. */
const FAR_TOO_LATE = 3;

export function createOpenRequests({
  max,
  maxLateMs,
  alwaysOpen,
  longestMs,
}: OpenRequestsOptions): OpenRequests {
  const open = new Map<ServerResponse, number>();
  const adaptive =
    maxLateMs > 0 ? createAdaptiveLimit({ max, targetMs: maxLateMs, least: alwaysOpen }) : undefined;
  let due = 0;
  let lastLate = 0;
  let isLooking = false;

  function look(): void {
    const now = performance.now();
    lastLate = now - due;
    adaptive?.observe(lastLate, open.size);
    isLooking = open.size > 0;
    if (isLooking) lookSoon(now);
  }
  function lookSoon(now: number): void {
    due = now + LOOK_MS;
    setTimeout(look, LOOK_MS).unref();
  }

  function leave(this: ServerResponse): void {
    open.delete(this);
  }

  // In the order of arrival: what comes after one that is young enough is younger.
  const sweep = setInterval(
    () => {
      const before = performance.now() - longestMs;
      for (const [response, since] of open) {
        if (since > before) break;
        response.destroy();
      }
    },
    Math.min(SWEEP_MS, longestMs),
  );
  sweep.unref();

  /** A burst is over before the limit has come down. */
  const isFarTooLate = (now: number) =>
    open.size >= alwaysOpen && isLooking && Math.min(lastLate, now - due) > FAR_TOO_LATE * maxLateMs;

  return {
    enter(response) {
      // Those that wait would only make those wait longer that are being answered.
      const limit = adaptive?.limit ?? max;
      const now = performance.now();
      if (open.size >= limit || (adaptive && isFarTooLate(now))) {
        adaptive?.refused();
        return { limit: Math.min(limit, open.size), actual: open.size + 1 };
      }
      open.set(response, now);
      if (adaptive && !isLooking) {
        isLooking = true;
        lookSoon(now);
      }
      response.once('close', leave);
      return undefined;
    },
    get count() {
      return open.size;
    },
    close: () => clearInterval(sweep),
  };
}
