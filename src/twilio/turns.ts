import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Whose turn the processor is. All that has come from the network is handed out in one turn of Node's event loop,
 * and the network is not looked at again before the last of it has been worked off: with a hundred answers of
 * Twilio to parse, resolve and write, a new request waits for a tenth of a second even if it is only refused, and
 * a new connection for longer, for libuv accepts one a turn. So what is left after a moment waits in line, here,
 * where it can be seen how long the line is.
 */
export interface Turns {
  /**
   * For an answer that has come: before all requests, so that what has been begun is finished.
   *
   * @param work begins now or soon; what follows from it at once belongs to it
   */
  finish(work: () => void): void;
  /** For a request that has come. */
  begin(work: () => void): void;
  /** How long one more request would wait, as those before it are begun now, in milliseconds; 0 where none waits. */
  readonly waitMs: number;
  /** For how long there have always been requests waiting, in milliseconds. */
  readonly standingMs: number;
}

/** What a turn may take before the network is looked at again, in milliseconds. */
const TURN_MS = 0.5;
/** Where the network took so long, more than one request is begun in a turn. In milliseconds. */
const LONG_MS = 2;
/** So many small ones are tried in a turn. */
const MOST_A_TURN = 8;

/** From so many on, later ones count for more: what a turn takes changes. */
const MOST_SAMPLES = 128;

interface Waiting {
  readonly work: () => void;
  readonly since: number;
}

export function createTurns(): Turns {
  // Or each would run as part of whatever was running when its turn was planned.
  const outside = AsyncLocalStorage.snapshot();
  const answers: (() => void)[] = [];
  const requests: Waiting[] = [];
  /** When the turn began, by `performance.now()`. */
  let began = 0;
  /** When what is left waits for the next one. */
  let until = 0;
  let isOpen = false;
  let left = 0;
  let isFirst = false;
  let standsSince = 0;
  /** When something was last taken from a line that has not been empty since; else 0. */
  let takenAt = 0;
  /** From one to the next since then, with all that came in between. */
  let apartMs = 0;
  let samples = 0;

  /** Each in an immediate of its own, after which Node runs all that it has promised. */
  function work(): void {
    const now = performance.now();
    // As long as the network took: or who only comes to be refused, again and again, would leave no time for others.
    if (isFirst) until = now + Math.max(TURN_MS, now - began);
    if (isFirst || now < until) {
      if (takenAt > 0) {
        samples = Math.min(samples + 1, MOST_SAMPLES);
        apartMs += (now - takenAt - apartMs) / samples;
      }
      // To begin takes little, and to finish more: many begun at once come back at once. So one a turn.
      if (answers.length === 0 && now - began < LONG_MS) until = now;
      (answers.shift() ?? requests.shift()?.work)?.();
      takenAt = now;
    }
    isFirst = false;
    left -= 1;
    if (left > 0) return;
    const waiting = answers.length + requests.length;
    isOpen = waiting > 0;
    if (isOpen) plan(waiting);
    else takenAt = samples = apartMs = 0;
  }

  /** What is planned now runs after the network has been looked at. */
  function plan(waiting: number): void {
    isOpen = true;
    isFirst = waiting > 0;
    began = performance.now();
    left = Math.min(MOST_A_TURN, Math.max(1, waiting));
    for (let count = 0; count < left; count += 1) outside(setImmediate, work);
  }

  /** Whether there is still time in this turn, and nobody before. */
  function isFree(): boolean {
    if (!isOpen) plan(0);
    else if (answers.length + requests.length > 0) return false;
    return performance.now() - began < TURN_MS;
  }

  return {
    finish(work) {
      if (isFree()) work();
      else answers.push(work);
    },
    begin(work) {
      if (isFree()) return work();
      const since = performance.now();
      if (requests.length === 0) standsSince = since;
      requests.push({ work, since });
    },
    get waitMs() {
      const [first] = requests;
      const ahead = answers.length + 2 * requests.length;
      return first ? Math.max(performance.now() - first.since, ahead * apartMs) : 0;
    },
    get standingMs() {
      return requests.length > 0 ? performance.now() - standsSince : 0;
    },
  };
}
