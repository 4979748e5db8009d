import type { Scheduler } from './scheduler.ts';

export interface LoadShedderOptions {
  /** Target queue delay where a queue stands, in milliseconds; 0 sheds nothing. */
  readonly maxQueueDelayMs: number;
  readonly scheduler: Pick<Scheduler, 'delayMs' | 'standingMs'>;
}

/** CoDel interval: a queue that never drained for this long means sustained overload, not a burst. */
const INTERVAL_MS = 100;
/** A burst, or what arrived during a garbage collection, may wait this multiple of the target. */
const BURST = 10;
/** After a rejection, a queue that was empty for a moment is still the same overload. */
const MEMORY_MS = 1_000;

/**
 * CoDel as servers use it, for each flow by itself: the queue delay may be ten times the target in a burst,
 * and no more than the target once the queue has stood for an interval. A slow Twilio fills the gateway with
 * requests that only wait: no queue stands then, and nothing is shed.
 *
 * ```
 *   queue delay
 *     10 × target ┤ · · · · · · ┌─ rejected ────────
 *                 │   admitted  │
 *      1 × target ┤ · · · · · · └─ · · · · · · · · ·    after 100 ms without an empty queue
 *                 └─────────────┴──────────────────> time
 * ```
 *
 * @see https://queue.acm.org/detail.cfm?id=2209336 Nichols and Jacobson, "Controlling Queue Delay"
 * @see https://queue.acm.org/detail.cfm?id=2839461 Maurer, "Fail at Scale"
 * @see https://www.rfc-editor.org/rfc/rfc8290 FQ-CoDel
 */
export function createLoadShedder({ maxQueueDelayMs, scheduler }: LoadShedderOptions) {
  /** When a request of each flow was last rejected, the latest at the end; none is older than needed. */
  const rejectedAt = new Map<string, number>();

  function remember(flow: string, now: number): void {
    rejectedAt.delete(flow);
    rejectedAt.set(flow, now);
    for (const [old, at] of rejectedAt) {
      if (now - at <= MEMORY_MS) return;
      rejectedAt.delete(old);
    }
  }

  return {
    /** Whether one more request of this flow would wait for too long. */
    isOverloaded(flow: string): boolean {
      if (maxQueueDelayMs === 0) return false;
      const delayMs = scheduler.delayMs(flow);
      if (delayMs <= maxQueueDelayMs) return false;
      const now = performance.now();
      const last = rejectedAt.get(flow) ?? Number.NEGATIVE_INFINITY;
      const isBurst = scheduler.standingMs(flow) <= INTERVAL_MS && now - last > MEMORY_MS;
      if (isBurst && delayMs <= BURST * maxQueueDelayMs) return false;
      remember(flow, now);
      return true;
    },
  };
}
