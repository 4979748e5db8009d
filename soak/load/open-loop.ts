import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Connection } from './connection.ts';

/** Sends so many requests per second, whatever becomes of those before: an overload is nothing else. */
export interface OpenLoopJob {
  readonly port: number;
  readonly rate: number;
  readonly seconds: number;
}

/** One request: when it was due, in milliseconds from the beginning, and how long it took *from then on*. */
export interface Outcome {
  readonly due: number;
  readonly took: number;
  /** How much later than due it was sent: the generator's own lateness, which is part of what it took. */
  readonly lag: number;
  readonly kind: 'accepted' | 'refused' | 'wrong' | 'broken';
}

/** A request, and what its answer must be. */
export interface Asked {
  readonly text: string;
  judge(answer: Answer): Outcome['kind'];
}

/** More are not opened: a generator that runs out of ports measures itself. */
const MAX_CONNECTIONS = 2_000;
/** The server closes those that have been idle for five seconds: a request sent at that moment is lost. */
const IDLE_MS = 4_000;
const TICK_MS = 2;
/** What is not answered by then counts as broken. */
const LONGEST_MS = 15_000;

/**
 * Times count from the moment a request was due, not from when it could be sent: a server that stalls is
 * charged for all that would have come meanwhile ("coordinated omission").
 */
export async function openLoop({ port, rate, seconds }: OpenLoopJob, next: () => Asked): Promise<Outcome[]> {
  const idle: { readonly connection: Connection; readonly since: number }[] = [];
  const all = new Set<Connection>();
  const outcomes: Outcome[] = [];
  const total = Math.round(rate * seconds);
  const begun = performance.now();
  let running = 0;

  function take(): Connection | undefined {
    const last = idle.at(-1);
    if (last && performance.now() - last.since < IDLE_MS) return idle.pop()?.connection;
    // All others have been idle for longer.
    for (const { connection } of idle.splice(0)) {
      connection.close();
      all.delete(connection);
    }
    if (all.size >= MAX_CONNECTIONS) return undefined;
    const opened = new Connection(port);
    all.add(opened);
    return opened;
  }

  async function send(due: number): Promise<void> {
    const asked = next();
    const connection = take();
    const lag = performance.now() - begun - due;
    const end = (kind: Outcome['kind']) =>
      outcomes.push({ due, took: performance.now() - begun - due, lag, kind });
    if (!connection) return void end('broken');
    running += 1;
    try {
      const answer = await connection.ask(asked.text);
      end(asked.judge(answer));
    } catch {
      end('broken');
    }
    running -= 1;
    idle.push({ connection, since: performance.now() });
  }

  for (let sent = 0; sent < total; ) {
    const now = performance.now() - begun;
    for (; sent < total && (sent * 1000) / rate <= now; sent += 1) void send((sent * 1000) / rate);
    await sleep(TICK_MS);
  }
  const last = performance.now();
  while (running > 0 && performance.now() - last < LONGEST_MS) await sleep(10);
  for (const connection of all) connection.close();
  // Those still open are rejected by the closing.
  await sleep(20);
  return outcomes;
}
