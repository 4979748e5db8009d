/** Notices changes, whoever made them. */
export interface Watch {
  /** @returns what ends it */
  onChange(listener: () => void): () => void;
  /** Tells what version is now known; the listeners are called when it is another one. */
  saw(version: number): void;
  close(): Promise<void>;
}

export interface WatchOptions {
  pollMs: number;
  listen: (onChange: () => void) => () => Promise<void>;
  readVersion: () => Promise<number>;
}

/**
 * Compares the number of the last change, when another gateway announces one and every `pollMs` in any case:
 * an announcement can be lost with the connection it was to come by. Looks only while somebody listens.
 */
export async function createWatch({ pollMs, listen, readVersion }: WatchOptions): Promise<Watch> {
  const listeners = new Set<() => void>();
  let known = await readVersion();
  let stop: (() => Promise<void>) | null = null;

  function saw(version: number): void {
    if (version === known) return;
    known = version;
    for (const listener of listeners) listener();
  }

  function start(): () => Promise<void> {
    let asking = false;
    const look = async () => {
      if (asking) return;
      asking = true;
      // Without a database nothing is known; the next look that gets an answer sees what was missed.
      await readVersion().then(saw, () => {});
      asking = false;
    };
    const unlisten = listen(look);
    const timer = setInterval(look, pollMs).unref();
    return () => {
      clearInterval(timer);
      return unlisten();
    };
  }

  return {
    saw,
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
