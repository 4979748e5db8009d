import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gatewayError } from '../errors/gateway-error.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import {
  type Call,
  type HistoryLocation,
  type HistoryMethod,
  OPENED,
  type Reply,
  revive,
} from './worker-messages.ts';

/** A thread that a store runs in. */
export interface Thread {
  /** @param limitMs how long it may take; then the thread is replaced, and the error is HISTORY_TIMEOUT */
  call(method: HistoryMethod, args: readonly unknown[], limitMs?: number): Promise<unknown>;
  close(): Promise<void>;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A query ends itself at its limit, if it reads messages; after this much more, its thread is given up. */
const GRACE_MS = 2_000;
/** Short-lived objects, mostly of pages: a larger space would be filled before it is cleaned. */
const YOUNG_MB = 8;
/**
 * A thread needs a tenth of this. Without a limit, it lets garbage of a hundred megabytes pile up. With PostgreSQL one thread
 * has all reads side by side.
 */
const OLD_MB = { sqlite: 256, postgres: 512 };

export interface ThreadOptions {
  /** Has to open the file before this thread. */
  readonly first?: Thread | undefined;
  /** What the thread runs. @default history-worker.ts, compiled or not, as this file is */
  readonly script?: URL | undefined;
  /** @default 2000 */
  readonly graceMs?: number | undefined;
}

const WORKER = new URL(`./history-worker${extname(import.meta.url)}`, import.meta.url);

/** Creates a thread at its first call, and another one where it has ended. */
export function createThread(
  location: HistoryLocation,
  { first, script = WORKER, graceMs = GRACE_MS }: ThreadOptions = {},
): Thread {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  /** When the current worker has opened the database, or failed to. */
  let opened = Promise.withResolvers<void>();
  let ready: Promise<unknown> | undefined;
  let isClosed = false;
  let calls = 0;

  function end(ended: Worker, error: Error): void {
    if (worker !== ended) return;
    worker = undefined;
    opened.resolve();
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  }

  function start(): Worker {
    const started = new Worker(script, {
      execArgv: [],
      workerData: location,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MB,
        maxOldGenerationSizeMb: location.databaseUrl ? OLD_MB.postgres : OLD_MB.sqlite,
      },
    });
    opened = Promise.withResolvers();
    started.on('message', (reply: Reply) => {
      if (reply.id === OPENED) opened.resolve();
      const call = pending.get(reply.id);
      pending.delete(reply.id);
      if ('error' in reply) call?.reject(revive(reply.error));
      else call?.resolve(reply.result);
      // An idle thread does not keep the process alive.
      if (pending.size === 0) started.unref();
    });
    started.on('error', () => end(started, new StoreUnavailableError('the history failed.')));
    started.on('exit', () => end(started, new StoreUnavailableError('the history ended.')));
    return started;
  }

  return {
    async call(method, args, limitMs) {
      ready ??= first?.call('notice', []);
      await ready?.catch((error) => {
        ready = undefined;
        throw error;
      });
      if (isClosed) throw new StoreUnavailableError('the history was closed.');
      worker ??= start();
      const running = worker;
      running.ref();
      calls += 1;
      const call: Call = { id: calls, method, args, limitMs };
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending.set(call.id, { resolve, reject });
      running.postMessage(call);
      if (limitMs === undefined) return promise;
      // The start of a thread does not count.
      const started = opened.promise;
      let timer: NodeJS.Timeout | undefined;
      void started.then(() => {
        if (!pending.has(call.id)) return;
        timer = setTimeout(() => {
          end(running, gatewayError('HISTORY_TIMEOUT', limitMs));
          // SQLite cannot be interrupted: the old thread ends with its statement, and another one goes on.
          running.unref();
          void running.terminate();
        }, limitMs + graceMs);
      });
      return promise.finally(() => clearTimeout(timer));
    },
    async close() {
      const running = worker;
      if (running) await this.call('close', []).catch(() => {});
      isClosed = true;
      await running?.terminate();
    },
  };
}
