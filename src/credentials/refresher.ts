import type { Logger } from '../log.ts';

/** Reads something anew when told to, and again until it succeeds. */
export interface Refresher {
  /** Comes back when a reading that began after this call has ended, well or not. */
  refresh(): Promise<void>;
  /** Comes back when all readings asked for so far have ended. */
  settled(): Promise<void>;
  /** Calls the listener after each reading that succeeded. @returns what ends it */
  onRefreshed(listener: () => void): () => void;
  close(): void;
}

const RETRY_MS = 1_000;

/** One reading at a time: of two at once, the older could come in last and stay. */
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
      if (failing) log?.info('The credential store is back.');
      failing = false;
      for (const listener of listeners) listener();
    } catch (error) {
      if (closed) return;
      if (!failing) log?.warn({ err: error }, 'The credential store is away; serving what was read before.');
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
    // The one that runs may have begun before the change: all who come meanwhile share the one after it.
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
