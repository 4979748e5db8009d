import { AsyncLocalStorage } from 'node:async_hooks';
import { createFairQueue } from './fair-queue.ts';

/** Cooperative scheduler for the event loop: decides which piece of work runs next, and how much before the next poll. */
export interface Scheduler {
  /**
   * Runs what a response of Twilio leads to, now or soon: before all requests, so that what has been started is finished.
   *
   * @param work with the microtasks it queues
   * @param flow responses of one flow wait behind each other only. @default one flow for all
   */
  resume(work: () => void, flow?: string): void;
  /**
   * Starts a request, now or when its flow has its turn.
   *
   * @returns a function that takes it out of the queue
   */
  start(flow: string, work: () => void): () => void;
  /** How long one more request of this flow would wait, in milliseconds; 0 where no request waits. */
  delayMs(flow: string): number;
  /** For how long the flow has had a request waiting at every moment, in milliseconds; 0 where none waits. */
  standingMs(flow: string): number;
}

/** Time slice: what may run before the event loop polls again, in milliseconds. */
const SLICE_MS = 0.5;
/** After a poll phase of this length, more than one request is started in the next slice. In milliseconds. */
const LONG_POLL_MS = 2;
const MAX_PER_SLICE = 8;
/** The interval between two pieces of work is a mean over this many; later ones weigh as much as the latest. */
const MAX_SAMPLES = 128;

interface Waiting {
  readonly work: () => void;
  readonly since: number;
}

/**
 * Node hands out everything that has come from the network in one poll phase, and does not look at the network
 * again before the last of it is done. With a hundred responses of Twilio to parse, resolve and write, a new request waits
 * for a tenth of a second even if it is only rejected, and a new connection for longer, for libuv accepts one per
 * poll. So work that comes while another piece of work is running waits here, and the loop polls between slices:
 *
 * ```
 *              ┌────────────────────────── one iteration of the event loop ─────────────────────────┐
 *   network ──>│ poll: accepts, reads, sends          │ check: up to 8 immediates, 0.5 ms together  │──> next
 *              │   │                                  │   ▲                                         │
 *              │   ├─ idle: runs at once              │   ├── 1. responses, by flow (resume)        │
 *              │   └─ busy: to a queue ───────────────┼───┴── 2. requests, by flow (start)          │
 *              └──────────────────────────────────────┴─────────────────────────────────────────────┘
 * ```
 *
 * A slice is as long as the poll phase before it where that took longer: clients that are only rejected, again and again,
 * would otherwise leave no time for others. One request a slice is started: starting takes little and finishing more,
 * and many that are started at once come back at once.
 */
export function createScheduler(): Scheduler {
  // Work must not inherit the async context of what happened to run when its immediate was planned.
  const outside = AsyncLocalStorage.snapshot();
  const responses = createFairQueue<() => void>();
  const requests = createFairQueue<Waiting>();
  /** When the poll phase began, by `performance.now()`. */
  let polledAt = 0;
  let sliceEnd = 0;
  /** Whether immediates are planned. */
  let isPlanned = false;
  let left = 0;
  let isSliceStart = false;
  /** What was run at once since the slice was planned. */
  let direct = 0;
  /** When work was last taken from a queue that has not been empty since; else 0. */
  let takenAt = 0;
  /** The mean interval from one piece of work to the next since then, polls included. */
  let intervalMs = 0;
  let samples = 0;

  /** Each piece of work has an immediate of its own, after which Node runs the microtasks. */
  function run(): void {
    const now = performance.now();
    if (isSliceStart) sliceEnd = now + Math.max(SLICE_MS, now - polledAt);
    if (isSliceStart || now < sliceEnd) {
      if (takenAt > 0) {
        samples = Math.min(samples + 1, MAX_SAMPLES);
        intervalMs += (now - takenAt - intervalMs) / samples;
      }
      if (responses.size === 0 && now - polledAt < LONG_POLL_MS) sliceEnd = now;
      (responses.shift() ?? requests.shift()?.work)?.();
      takenAt = now;
    }
    isSliceStart = false;
    left -= 1;
    if (left > 0) return;
    const waiting = responses.size + requests.size;
    isPlanned = waiting > 0;
    if (isPlanned) plan(waiting);
    else takenAt = samples = intervalMs = 0;
  }

  /** An immediate that is planned now runs after the next poll phase. */
  function plan(waiting: number): void {
    isPlanned = true;
    isSliceStart = waiting > 0;
    polledAt = performance.now();
    direct = 0;
    left = Math.min(MAX_PER_SLICE, Math.max(1, waiting));
    for (let count = 0; count < left; count += 1) outside(setImmediate, run);
  }

  /** Whether the slice has time left, and nothing waits. The microtasks of what was run are not counted in its time yet. */
  function isIdle(): boolean {
    if (!isPlanned) plan(0);
    else if (responses.size + requests.size > 0) return false;
    if (direct >= MAX_PER_SLICE || performance.now() - polledAt >= SLICE_MS) return false;
    direct += 1;
    return true;
  }

  return {
    resume(work, flow = '') {
      if (isIdle()) work();
      else responses.push(flow, work);
    },
    start(flow, work) {
      if (isIdle()) {
        work();
        return () => {};
      }
      const waiting = { work, since: performance.now() };
      requests.push(flow, waiting);
      return () => requests.remove(flow, waiting);
    },
    delayMs(flow) {
      if (requests.size === 0) return 0;
      const first = requests.first(flow);
      // A request that is started comes back once, as a response.
      const estimate = (responses.size + 2 * requests.ahead(flow)) * intervalMs;
      return first ? Math.max(performance.now() - first.since, estimate) : estimate;
    },
    standingMs: requests.standingMs,
  };
}
