import type { ServerResponse } from 'node:http';

export interface ResponseTimeout {
  /** Destroys the response unless it ends in time. */
  watch(response: ServerResponse): void;
  close(): void;
}

const SWEEP_MS = 1_000;

/**
 * Node has no timeout for a client that does not read its response, which would hold its place for as long as
 * it likes.
 *
 * @param longestMs from when a request is admitted until its response is sent, in milliseconds
 */
export function createResponseTimeout(longestMs: number): ResponseTimeout {
  /** In the order of arrival. */
  const open = new Map<ServerResponse, number>();

  function forget(this: ServerResponse): void {
    open.delete(this);
  }

  const sweep = setInterval(
    () => {
      const before = performance.now() - longestMs;
      for (const [response, since] of open) {
        if (since > before) return;
        response.destroy();
      }
    },
    Math.min(SWEEP_MS, longestMs),
  );
  sweep.unref();

  return {
    watch(response) {
      open.set(response, performance.now());
      response.once('close', forget);
    },
    close: () => clearInterval(sweep),
  };
}
