import { AsyncLocalStorage } from 'node:async_hooks';
import { createFairQueue } from './fair-queue.ts';

export type Scheduler = ReturnType<typeof createScheduler>;

/** Time slice: what may run before the event loop polls again, in milliseconds. */
const SLICE_MS = 0.5;
/** After a poll phase of this length, more than one request is started in the next slice. In milliseconds. */
const LONG_POLL_MS = 2;
const MAX_PER_SLICE = 8;
/** Connections that are accepted before the next slice. */
const MAX_ACCEPTS = 16;
/**
 * The interval between two pieces of work is a mean over this many; later ones weigh as much as the latest.
 */
const MAX_SAMPLES = 128;

interface Work {
  readonly run: () => void;
  readonly since: number;
}

/**
 * Cooperative scheduler for the event loop: decides which piece of work runs next, and how much before the
 * next poll.
 *
 * Node hands out everything that has come from the network in one poll phase, and does not look at the
 * network again before the last of it is done. With a hundred responses of Twilio to parse, resolve and
 * write, a new request waits for a tenth of a second even if it is only rejected, and a new connection for
 * longer, for libuv accepts one per poll. So work that comes while another piece of work is running waits
 * here, and the loop polls between slices:
 *
 * ```
 *              ┌────────────────────── one iteration of the event loop ───────────────────────┐
 *   network ──>│ poll: accepts, reads, sends       │ check: a slice of 0.5 ms                 │──> next
 *              │   ├─ idle: runs at once           │   ▲  flow a, flow b, flow c, flow a, …   │
 *              │   └─ busy: to its flow ───────────┼───┘  1. responses (resume)               │
 *              │                                   │      2. requests (start), one a slice    │
 *              └───────────────────────────────────┴──────────────────────────────────────────┘
 * ```
 *
 * A slice is as long as the poll phase before it where that took longer: clients that are only rejected,
 * again and again, would otherwise leave no time for others. One request a slice is started: starting takes
 * little and finishing more, and many that are started at once come back at once. Up to 16 polls that
 * accepted a connection follow each other without a slice, or a thousand new connections would wait for a
 * thousand slices.
 */
export function createScheduler() {
  // Work must not inherit the async context of what happened to run when its immediate was planned.
  const outside = AsyncLocalStorage.snapshot();
  const queue = createFairQueue<Work>();
  /** When the poll phase began, by `performance.now()`. */
  let polledAt = 0;
  let sliceEnd = 0;
  /** Whether immediates are planned. */
  let isPlanned = false;
  let left = 0;
  let isSliceStart = false;
  let hasAccepted = false;
  /** Polls without a slice, since the last slice. */
  let accepts = 0;
  /** The number of pieces of work that ran immediately since the slice was planned. */
  let direct = 0;
  /** When work was last taken from a queue that has not been empty since; else 0. */
  let takenAt = 0;
  /** The mean interval from one piece of work to the next since then, polls included. */
  let intervalMs = 0;
  let samples = 0;

  /** Each piece of work has an immediate of its own, after which Node runs the microtasks. */
  function onImmediate(): void {
    const now = performance.now();
    if (isSliceStart) startSlice(now);
    if (now < sliceEnd) runNext(now);
    left -= 1;
    if (left > 0) return;
    isPlanned = queue.size > 0;
    if (isPlanned) plan(queue.size);
    else takenAt = samples = intervalMs = 0;
  }

  function startSlice(now: number): void {
    isSliceStart = false;
    accepts = hasAccepted && accepts < MAX_ACCEPTS ? accepts + 1 : 0;
    hasAccepted = false;
    sliceEnd = accepts > 0 ? 0 : now + Math.max(SLICE_MS, now - polledAt);
  }

  function runNext(now: number): void {
    const next = queue.shift();
    if (!next) return;
    if (takenAt > 0) {
      samples = Math.min(samples + 1, MAX_SAMPLES);
      intervalMs += (now - takenAt - intervalMs) / samples;
    }
    takenAt = now;
    const isRequest = !next.isUrgent;
    if (isRequest && now - polledAt < LONG_POLL_MS) sliceEnd = 0;
    next.item.run();
  }

  /** An immediate that is planned now runs after the next poll phase. */
  function plan(waiting: number): void {
    isPlanned = true;
    isSliceStart = waiting > 0;
    // After polls without a slice, the slice is as long as all of them.
    if (accepts === 0) polledAt = performance.now();
    direct = 0;
    left = Math.min(MAX_PER_SLICE, Math.max(1, waiting));
    for (let count = 0; count < left; count += 1) outside(setImmediate, onImmediate);
  }

  /**
   * Whether the slice has time left, and nothing waits. The microtasks of what was run are not counted in its
   * time yet.
   */
  function isIdle(): boolean {
    if (!isPlanned) {
      accepts = 0;
      plan(0);
    } else if (queue.size > 0) {
      return false;
    }
    if (direct >= MAX_PER_SLICE || performance.now() - polledAt >= SLICE_MS) return false;
    direct += 1;
    return true;
  }

  return {
    /**
     * Runs what a response of Twilio leads to, now or when its flow has its turn: before all requests of the
     * flow, so that what has been started is finished.
     *
     * @param flow that of the request which waits for the response
     * @param run the work, with the microtasks it queues
     */
    resume(flow: string, run: () => void): void {
      if (isIdle()) run();
      else queue.push(flow, { run, since: 0 }, true);
    },
    /**
     * Starts a request, now or when its flow has its turn.
     *
     * @returns a function that takes it out of the queue
     */
    start(flow: string, run: () => void): () => void {
      if (isIdle()) {
        run();
        return () => {};
      }
      const work = { run, since: performance.now() };
      queue.push(flow, work);
      return () => queue.remove(flow, work);
    },
    /** Call for each new connection: the next one is accepted before more work is done, within limits. */
    connected(): void {
      hasAccepted = true;
    },
    /** How long one more request of this flow would wait, in milliseconds; 0 where no request waits. */
    delayMs(flow: string): number {
      if (queue.pending === 0) return 0;
      const first = queue.first(flow);
      // A request that is started comes back once, as a response.
      const estimate = queue.turnsAhead(flow, 2) * intervalMs;
      return first ? Math.max(performance.now() - first.since, estimate) : estimate;
    },
    standingMs: queue.standingMs,
  };
}
