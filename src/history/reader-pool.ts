import { gatewayError } from '../errors/gateway-error.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import type { HistoryQuery } from './history-store.ts';
import type { HistoryMethod } from './worker-messages.ts';
import type { Thread } from './worker-thread.ts';

interface Waiting {
  readonly method: HistoryMethod;
  readonly args: readonly unknown[];
  readonly account: string;
  /** Until when it may begin, in milliseconds of the process's clock. */
  readonly until: number;
  resolve(value: Promise<unknown>): void;
  reject(error: Error): void;
}

export interface ReaderPoolOptions {
  create(): Thread;
  /** How many threads there are at most; each is created when all others are busy. */
  readonly size: number;
  /** How long a read may take, in milliseconds. */
  readonly limitMs: number;
  /** How long a read may wait before it begins, in milliseconds. @default 10000 */
  readonly waitMs?: number;
}

/**
 * Reads in several threads, one read at a time in each. The accounts take turns, and within an account its callers. One account
 * has at most all threads but one: its slow reads do not block the reads of another.
 */
export function createReaderPool({ create, size, limitMs, waitMs = 10_000 }: ReaderPoolOptions): Thread {
  const threads: Thread[] = [];
  const idle: Thread[] = [];
  /** Reads by account and caller, both in the order in which they have their turns. */
  const waiting = new Map<string, Map<string, Waiting[]>>();
  const running = new Map<string, number>();
  let isClosed = false;

  function next(): Waiting | undefined {
    for (const [account, flows] of waiting) {
      if (size > 1 && (running.get(account) ?? 0) >= size - 1) continue;
      const read = nextOf(flows);
      waiting.delete(account);
      if (flows.size > 0) waiting.set(account, flows);
      if (read) return read;
    }
    return undefined;
  }

  /** Takes the next read of an account. */
  function nextOf(flows: Map<string, Waiting[]>): Waiting | undefined {
    for (const [flow, reads] of flows) {
      // One that has waited too long is rejected, not begun: its request may have ended meanwhile.
      while (reads[0] && reads[0].until < performance.now()) {
        reads.shift()?.reject(gatewayError('HISTORY_TIMEOUT', waitMs));
      }
      const read = reads.shift();
      flows.delete(flow);
      if (reads.length > 0) flows.set(flow, reads);
      if (read) return read;
    }
    return undefined;
  }

  function dispatch(): void {
    while (idle.length > 0 || threads.length < size) {
      const read = next();
      if (!read) return;
      const thread = idle.pop() ?? create();
      if (!threads.includes(thread)) threads.push(thread);
      void run(read, thread);
    }
  }

  async function run({ account, method, args, resolve }: Waiting, thread: Thread): Promise<void> {
    const count = (change: number) => {
      const now = (running.get(account) ?? 0) + change;
      if (now > 0) running.set(account, now);
      else running.delete(account);
    };
    count(1);
    const result = thread.call(method, args, limitMs);
    resolve(result);
    await result.catch(() => {});
    count(-1);
    idle.push(thread);
    dispatch();
  }

  return {
    call(method, args) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      if (isClosed) {
        reject(new StoreUnavailableError('the history was closed.'));
        return promise;
      }
      const { account, flow } = turnOf(args);
      const read = { method, args, account, until: performance.now() + waitMs, resolve, reject };
      const flows = waiting.get(account) ?? new Map<string, Waiting[]>();
      waiting.set(account, flows);
      const reads = flows.get(flow);
      if (reads) reads.push(read);
      else flows.set(flow, [read]);
      dispatch();
      return promise;
    },
    async close() {
      isClosed = true;
      for (const { reject } of [...waiting.values()].flatMap((flows) => [...flows.values()].flat())) {
        reject(new StoreUnavailableError('the history was closed.'));
      }
      waiting.clear();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** The first account that a read names, and its caller; empty for none. */
function turnOf([first]: readonly unknown[]): { readonly account: string; readonly flow: string } {
  if (typeof first === 'string') return { account: first, flow: '' };
  const { accountSids, flow = '' } = (
    Array.isArray(first) ? { accountSids: first } : (first ?? {})
  ) as Partial<HistoryQuery>;
  return { account: accountSids?.[0] ?? '', flow };
}
