/** Detects changes by any gateway. */
export interface Watch {
  /** @returns a function that removes the listener */
  onChange(listener: () => void): () => void;
  /** Sets the current version; calls the listeners when it differs. */
  update(version: number): void;
  close(): Promise<void>;
}

interface WatchOptions {
  pollMs: number;
  listen: (onChange: () => void) => () => Promise<void>;
  readVersion: () => Promise<number>;
}

/**
 * Compares the version of the last change, on each announcement of another gateway and every `pollMs`, because an
 * announcement can be lost with its connection. Polls only once it has a listener.
 */
export async function createWatch({ pollMs, listen, readVersion }: WatchOptions): Promise<Watch> {
  const listeners = new Set<() => void>();
  let known = await readVersion();
  let stop: (() => Promise<void>) | null = null;

  function update(version: number): void {
    if (version === known) return;
    known = version;
    for (const listener of listeners) listener();
  }

  function start(): () => Promise<void> {
    let polling = false;
    const poll = async () => {
      if (polling) return;
      polling = true;
      // While the database is unavailable polls fail; the next successful one detects missed changes.
      await readVersion().then(update, () => {});
      polling = false;
    };
    const unlisten = listen(poll);
    const timer = setInterval(poll, pollMs).unref();
    return () => {
      clearInterval(timer);
      return unlisten();
    };
  }

  return {
    update,
    onChange(listener) {
      listeners.add(listener);
      stop ??= start();
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await stop?.();
    },
  };
}
