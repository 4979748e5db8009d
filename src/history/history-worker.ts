import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryStore } from './history-store.ts';
import { openPostgresHistory, openSqliteHistory } from './sql-history-store.ts';
import { type Call, flatten, type HistoryLocation, type Reply } from './worker-messages.ts';

/** The thread that a store runs in: calls its methods as it is told to. */
const port = parentPort;
if (!port) throw new Error('This file is the start of a worker thread');

const { databaseUrl, file, isChecked } = workerData as HistoryLocation;
const opening = databaseUrl
  ? openPostgresHistory(databaseUrl)
  : openSqliteHistory(file, { check: !isChecked });
// Each call reports it.
opening.catch(() => {});

port.on('message', async ({ id, method, args }: Call) => {
  let reply: Reply;
  try {
    const store = await opening;
    const call = store[method] as (this: HistoryStore, ...args: unknown[]) => Promise<unknown>;
    reply = { id, result: await call.apply(store, [...args]) };
  } catch (error) {
    reply = { id, error: flatten(error) };
  }
  port.postMessage(reply);
});
