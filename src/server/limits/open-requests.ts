import type { ServerResponse } from 'node:http';
import { OverloadedError } from '../../errors/http.ts';

export interface OpenRequestsOptions {
  readonly max: number;
  /** After so long a request has been answered, or its client does not take the answer. In milliseconds. */
  readonly longestMs: number;
}

/** The requests under way on this gateway, by whatever way they are answered. */
export interface OpenRequests {
  /** Counts a request until its answer is sent. */
  enter(response: ServerResponse): OverloadedError | undefined;
  readonly count: number;
  close(): void;
}

const SWEEP_MS = 1_000;

export function createOpenRequests({ max, longestMs }: OpenRequestsOptions): OpenRequests {
  const open = new Map<ServerResponse, number>();
  function leave(this: ServerResponse): void {
    open.delete(this);
  }

  // In the order of arrival: what comes after one that is young enough is younger.
  const sweep = setInterval(
    () => {
      const before = performance.now() - longestMs;
      for (const [response, since] of open) {
        if (since > before) break;
        response.destroy();
      }
    },
    Math.min(SWEEP_MS, longestMs),
  );
  sweep.unref();

  return {
    enter(response) {
      // Those that wait would only make those wait longer that are being answered.
      if (open.size >= max) return new OverloadedError(max, open.size + 1);
      open.set(response, performance.now());
      response.once('close', leave);
      return undefined;
    },
    get count() {
      return open.size;
    },
    close: () => clearInterval(sweep),
  };
}
