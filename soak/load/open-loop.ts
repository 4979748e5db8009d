import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../bench/load/connection.ts';
import type { ParsedResponse } from '../../bench/load/response-parser.ts';

/** Load at a fixed rate, independent of earlier responses. */
export interface OpenLoopJob {
  readonly port: number;
  readonly rate: number;
  readonly seconds: number;
}

/** The outcome of one request: its due time in milliseconds from the start, and its duration *from then on*. */
export interface Outcome {
  readonly due: number;
  readonly took: number;
  /** Delay of the load generator before sending it, which is part of its duration. */
  readonly lag: number;
  readonly kind: 'accepted' | 'rejected' | 'wrong' | 'broken';
}

/** A request and the check of its response. */
export interface OpenLoopRequest {
  readonly text: string;
  classify(response: ParsedResponse): Outcome['kind'];
}

/** Limit on connections: a load generator that runs out of ports measures itself. */
const MAX_CONNECTIONS = 2_000;
/** Less than the server's idle timeout of five seconds: a request on a connection being closed is lost. */
const IDLE_MS = 4_000;
const TICK_MS = 2;
/** Requests without a response by then count as broken. */
const TIMEOUT_MS = 15_000;

/**
 * Runs an open-loop load. Times count from when a request was due, not from when it was sent, so that a stalled server
 * is charged for all requests due meanwhile ("coordinated omission").
 */
export async function openLoop(
  { port, rate, seconds }: OpenLoopJob,
  next: () => OpenLoopRequest,
): Promise<Outcome[]> {
  const idle: { readonly connection: Connection; readonly since: number }[] = [];
  const all = new Set<Connection>();
  const outcomes: Outcome[] = [];
  const total = Math.round(rate * seconds);
  const startedAt = performance.now();
  let running = 0;

  function take(): Connection | undefined {
    const last = idle.at(-1);
    if (last && performance.now() - last.since < IDLE_MS) return idle.pop()?.connection;
    // All other connections have been idle for longer.
    for (const { connection } of idle.splice(0)) {
      connection.close();
      all.delete(connection);
    }
    if (all.size >= MAX_CONNECTIONS) return undefined;
    const opened = new Connection(port, { keepBody: true });
    all.add(opened);
    return opened;
  }

  async function send(due: number): Promise<void> {
    const request = next();
    const connection = take();
    const lag = performance.now() - startedAt - due;
    const end = (kind: Outcome['kind']) =>
      outcomes.push({ due, took: performance.now() - startedAt - due, lag, kind });
    if (!connection) return void end('broken');
    running += 1;
    try {
      const response = await connection.send(request.text);
      end(request.classify(response));
    } catch {
      end('broken');
    }
    running -= 1;
    idle.push({ connection, since: performance.now() });
  }

  for (let sent = 0; sent < total; ) {
    const now = performance.now() - startedAt;
    for (; sent < total && (sent * 1000) / rate <= now; sent += 1) void send((sent * 1000) / rate);
    await sleep(TICK_MS);
  }
  const last = performance.now();
  while (running > 0 && performance.now() - last < TIMEOUT_MS) await sleep(10);
  for (const connection of all) connection.close();
  // Closing rejects the pending requests.
  await sleep(20);
  return outcomes;
}
