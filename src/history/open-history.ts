import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreUnavailableError } from '../store/store-errors.ts';
import type { HistoryStore } from './history-store.ts';
import { NO_HISTORY } from './policies.ts';
import {
  type Call,
  type HistoryLocation,
  type HistoryMethod,
  type Reply,
  revive,
} from './worker-messages.ts';

/** Methods that change nothing: they run beside the others, in a second thread. */
const READS: ReadonlySet<HistoryMethod> = new Set<HistoryMethod>([
  'find',
  'list',
  'count',
  'stats',
  'threads',
  'countThreads',
  'thread',
  'policies',
  'policy',
  'status',
  'slices',
]);

/** The results of methods before there is a file. */
const WITHOUT_FILE: ReadonlyMap<HistoryMethod, unknown> = new Map<HistoryMethod, unknown>([
  ['policies', []],
  ['policy', null],
  ['status', NO_HISTORY],
  ['applyRetention', 0],
  ['claimSlices', []],
]);

const METHODS: readonly HistoryMethod[] = [
  ...READS,
  'notice',
  'setPolicy',
  'savePage',
  'eraseMessages',
  'eraseBodies',
  'eraseAccount',
  'removeAccount',
  'applyRetention',
  'planSlices',
  'reschedule',
  'claimSlices',
  'renewSlice',
  'failSlice',
  'releaseSlice',
  'claimLease',
  'releaseLease',
  'compact',
];

/**
 * Opens a history in threads of its own: SQLite is synchronous, and a page of a thousand messages takes some time with
 * either database. Calls wait until it is open, and fail where it cannot be opened.
 */
export function openHistory(location: HistoryLocation): HistoryStore {
  const writer = createThread(location);
  // SQLite reads beside a writer; PostgreSQL needs no second thread.
  const reader = location.databaseUrl ? writer : createThread({ ...location, isChecked: true }, writer);
  let isEmpty = !location.databaseUrl && !existsSync(location.file);
  const methods = METHODS.map((method) => {
    const thread = READS.has(method) ? reader : writer;
    const nothing = WITHOUT_FILE.get(method);
    return [
      method,
      async (...args: unknown[]) => {
        // A gateway without any history needs no thread to know that.
        if (isEmpty && nothing !== undefined) return nothing;
        isEmpty = false;
        return thread.call(method, args);
      },
    ];
  });
  return {
    ...(Object.fromEntries(methods) as Omit<HistoryStore, 'close'>),
    async close() {
      if (reader !== writer) await reader.close();
      await writer.close();
    },
  };
}

interface Thread {
  call(method: HistoryMethod, args: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Creates a thread at its first call, and another one where it has ended. @param first has to open the file before it */
function createThread(location: HistoryLocation, first?: Thread): Thread {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let ready: Promise<unknown> | undefined;
  let isClosed = false;
  let calls = 0;

  function end(ended: Worker, why: string): void {
    if (worker !== ended) return;
    worker = undefined;
    for (const { reject } of pending.values()) reject(new StoreUnavailableError(`the history ${why}.`));
    pending.clear();
  }

  function start(): Worker {
    // Compiled or not, as this file is.
    const script = new URL(`./history-worker${extname(import.meta.url)}`, import.meta.url);
    const started = new Worker(script, { execArgv: [], workerData: location });
    started.on('message', (reply: Reply) => {
      const call = pending.get(reply.id);
      pending.delete(reply.id);
      if ('error' in reply) call?.reject(revive(reply.error));
      else call?.resolve(reply.result);
      // An idle thread does not keep the process alive.
      if (pending.size === 0) started.unref();
    });
    started.on('error', () => end(started, 'failed'));
    started.on('exit', () => end(started, 'ended'));
    return started;
  }

  return {
    async call(method, args) {
      ready ??= first?.call('notice', []);
      await ready?.catch((error) => {
        ready = undefined;
        throw error;
      });
      if (isClosed) throw new StoreUnavailableError('the history was closed.');
      worker ??= start();
      worker.ref();
      calls += 1;
      const call: Call = { id: calls, method, args };
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending.set(call.id, { resolve, reject });
      worker.postMessage(call);
      return promise;
    },
    async close() {
      const running = worker;
      if (running) await this.call('close', []).catch(() => {});
      isClosed = true;
      await running?.terminate();
    },
  };
}
