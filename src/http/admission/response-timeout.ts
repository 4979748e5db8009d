import type { ServerResponse } from 'node:http';

const SWEEP_MS = 1_000;

/**
 * Node has no timeout for a client that does not read its response, which would hold its place without limit.
 *
 * @param longestMs from when a request is admitted until its response is sent, in milliseconds
 */
export function createResponseTimeout(longestMs: number) {
  /** In the order of arrival. */
  const open = new Map<ServerResponse, number>();

  function forget(this: ServerResponse): void {
    open.delete(this);
  }

  function sweep(): void {
    const before = performance.now() - longestMs;
    for (const [response, since] of open) {
      if (since > before) return;
      response.destroy();
    }
  }
  const timer = setInterval(sweep, Math.min(SWEEP_MS, longestMs)).unref();

  return {
    /** Destroys the response unless it ends in time. */
    watch(response: ServerResponse): void {
      open.set(response, performance.now());
      response.once('close', forget);
    },
    close: () => clearInterval(timer),
  };
}
