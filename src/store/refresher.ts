import type { Logger } from '../log.ts';

/** Refreshes a cached value on demand, and retries until it succeeds. */
export interface Refresher {
  /** Resolves when a refresh that began after this call has ended, successfully or not. */
  refresh(): Promise<void>;
  /** Resolves when all refreshes requested so far have ended. */
  settled(): Promise<void>;
  /** Calls the listener after each successful refresh. @returns a function that removes it */
  onRefreshed(listener: () => void): () => void;
  close(): void;
}

const RETRY_MS = 1_000;

/** Runs one refresh at a time: of two concurrent ones, the older result could arrive last and win. */
export function createRefresher({
  refresh: read,
  log,
}: {
  refresh: () => Promise<void>;
  log: Pick<Logger, 'info' | 'warn'> | undefined;
}): Refresher {
  const listeners = new Set<() => void>();
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let failing = false;
  let closed = false;

  async function attempt(): Promise<void> {
    clearTimeout(retry);
    try {
      await read();
      if (failing) log?.info('credential store available again');
      failing = false;
      for (const listener of listeners) listener();
    } catch (error) {
      if (closed) return;
      if (!failing) log?.warn({ err: error }, 'credential store unavailable; serving cached data');
      failing = true;
      retry = setTimeout(refresh, RETRY_MS).unref();
    } finally {
      running = null;
    }
  }

  function refresh(): Promise<void> {
    if (!running) {
      running = attempt();
      return running;
    }
    // The running refresh may have begun before the change, so callers share the next one.
    next ??= running.then(() => {
      next = null;
      return refresh();
    });
    return next;
  }

  return {
    refresh,
    settled: async () => next ?? running ?? undefined,
    onRefreshed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(retry);
      listeners.clear();
    },
  };
}
