/** Finds how many requests may be under way at once without any of them waiting long for the processor. */
export interface AdaptiveLimit {
  readonly limit: number;
  /**
   * Takes in by how much the event loop was late, and how many requests were under way then.
   *
   * @param lateMs how much later than asked for a timer fired
   * @param open requests under way
   */
  observe(lateMs: number, open: number): void;
  /** A request was refused for this limit. */
  refused(): void;
}

export interface AdaptiveLimitOptions {
  readonly max: number;
  /** How late the event loop may always be. In milliseconds. */
  readonly targetMs: number;
  /** So many are let in however late it is. */
  readonly least: number;
}

/** Most of so many looks decide: one long pause, of a collection or of another process, is no queue. */
const LOOKS = 5;
/** Where all of them together were so late, fewer do. In milliseconds. */
const LONG = 100;
const LEAST_LOOKS = 2;
/** One look at a queue that just began must not turn everybody away. */
const STEEPEST = 0.5;
const GROWTH = 0.1;
const LEAST_GROWTH = 4;

/**
 * Upstream slowness fills the gateway with requests that only wait: the event loop stays on time, and all are
 * let in. A processor that cannot keep up shows as an event loop that is late most times one looks (CoDel's
 * standing queue); then fewer are let in, in the proportion in which it was too late. Where it is on time
 * and somebody was refused all the same, more are let in again.
 *
 * @see https://queue.acm.org/detail.cfm?id=2209336
 */
export function createAdaptiveLimit({ max, targetMs, least }: AdaptiveLimitOptions): AdaptiveLimit {
  let limit = max;
  let looks: number[] = [];
  let total = 0;
  let hasRefused = false;

  function decide(open: number): void {
    // Of two the lesser.
    const late = looks.sort((a, b) => a - b)[(looks.length - 1) >> 1] ?? 0;
    if (late > targetMs) {
      const wanted = Math.floor(Math.min(limit, open) * Math.max(STEEPEST, targetMs / late));
      limit = Math.max(Math.min(least, max), wanted);
    } else if (hasRefused) {
      limit = Math.min(max, limit + Math.max(LEAST_GROWTH, Math.floor(limit * GROWTH)));
    }
    looks = [];
    total = 0;
    hasRefused = false;
  }

  return {
    get limit() {
      return limit;
    },
    observe(lateMs, open) {
      looks.push(lateMs);
      total += lateMs;
      if (looks.length >= LOOKS || (looks.length >= LEAST_LOOKS && total >= LONG)) decide(open);
    },
    refused() {
      hasRefused = true;
    },
  };
}
