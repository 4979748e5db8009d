import type { ServerResponse } from 'node:http';
import type { Turns } from '../../twilio/turns.ts';

export interface OpenRequestsOptions {
  readonly max: number;
  /** How long requests may wait for the processor where they always do, in milliseconds; 0 does not look. */
  readonly maxLateMs: number;
  /** So many are let in however long they will wait. */
  readonly alwaysOpen: number;
  /** After so long a request has been answered, or its client does not take the answer. In milliseconds. */
  readonly longestMs: number;
  /** The line they wait in. */
  readonly turns: Pick<Turns, 'waitMs' | 'standingMs'>;
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
/** A line that has not been empty for so long is no burst, but more than the processor can do. */
const STANDING_MS = 100;
/** A burst, or what came during a pause of the garbage collector, may wait so many times longer. */
const BURST = 10;
/** Who comes so soon after somebody was refused is no burst, though the line was empty for a moment. */
const REMEMBERED_MS = 1_000;

/**
 * Lets in what will be answered soon. Upstream slowness fills the gateway with requests that only wait: nothing
 * stands in line for the processor then, and all are let in, up to `max`. More than the processor can do shows as a line that
 * does not become empty; one more would stand in it only to be answered late, and make all after it late.
 * This is CoDel's rule as servers use it: short waits where there is a standing line, longer ones for a burst.
 *
 * @see https://queue.acm.org/detail.cfm?id=2209336
 * @see https://queue.acm.org/detail.cfm?id=2839461
 */
export function createOpenRequests(options: OpenRequestsOptions): OpenRequests {
  const { max, maxLateMs, alwaysOpen, longestMs, turns } = options;
  const open = new Map<ServerResponse, number>();
  /** When somebody was last refused for the line. */
  let refusedAt = Number.NEGATIVE_INFINITY;

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

  function isLate(now: number): boolean {
    const { waitMs } = turns;
    if (waitMs <= maxLateMs) return false;
    const isBurst = turns.standingMs <= STANDING_MS && now - refusedAt > REMEMBERED_MS;
    if (isBurst && waitMs <= BURST * maxLateMs) return false;
    refusedAt = now;
    return true;
  }

  return {
    enter(response) {
      const now = performance.now();
      const isFull = open.size >= max;
      if (isFull || (open.size >= alwaysOpen && maxLateMs > 0 && isLate(now))) {
        return { limit: isFull ? max : open.size, actual: open.size + 1 };
      }
      open.set(response, now);
      response.once('close', leave);
      return undefined;
    },
    get count() {
      return open.size;
    },
    close: () => clearInterval(sweep),
  };
}
