import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Deadline } from './deadline.ts';
import type { HistoryStore } from './history-store.ts';
import { openPostgresHistory, openSqliteHistory } from './sql-history-store.ts';
import { type Call, flatten, type HistoryLocation, OPENED, type Reply } from './worker-messages.ts';

/** The thread that a store runs in: calls its methods as it is told to. */
const port = parentPort;
if (!port) throw new Error('This file is the start of a worker thread');

const { databaseUrl, file, isReader = false, readLimitMs } = workerData as HistoryLocation;
/** A third of the processor's time that threads without it get, where there is not enough for all. */
const WRITER_NICENESS = 5;
// A page of a thousand messages takes the processor for a while: reads and requests come first. On Linux the priority is
// of this thread, elsewhere of the whole process.
if (process.platform === 'linux' && !isReader) {
  try {
    setPriority(WRITER_NICENESS);
  } catch {
    // A sandbox may forbid it.
  }
}
const deadline = new Deadline();
const opening = databaseUrl
  ? openPostgresHistory(databaseUrl, { readLimitMs })
  : openSqliteHistory(file, { isReader, deadline });
const report = () => port.postMessage({ id: OPENED, result: null } satisfies Reply);
// Each call reports the error.
opening.then(report, report);

port.on('message', async ({ id, method, args, limitMs }: Call) => {
  let reply: Reply;
  try {
    const store = await opening;
    const call = store[method] as (this: HistoryStore, ...args: unknown[]) => Promise<unknown>;
    // Only reads have a limit, and a thread that reads has one call at a time.
    if (limitMs !== undefined) deadline.set(limitMs);
    reply = { id, result: await call.apply(store, [...args]) };
  } catch (error) {
    reply = { id, error: flatten(error) };
  }
  port.postMessage(reply);
});
