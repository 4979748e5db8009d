import type { ServerResponse } from 'node:http';
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts';
import type { Logger } from '../../log.ts';
import type { ErrorResponse } from '../respond.ts';
import type { Overload } from './concurrency-limit.ts';

export interface RejectionsOptions {
  /** Writes the error as a response, security headers included. */
  readonly toResponse: (error: GatewayError) => ErrorResponse;
  readonly log: Pick<Logger, 'warn'>;
}

/** A response that is written once and sent many times. */
export interface PrebuiltRejection {
  readonly error: GatewayError;
  /**
   * Does nothing once another response has begun.
   *
   * @param isLast closes the connection: its request's body is not read to the end
   */
  send(response: ServerResponse, requestId: string, isLast?: boolean): void;
}

const LOG_EVERY_MS = 1_000;
/** One per number of requests in flight. */
const MAX_PREBUILT = 2_000;

/**
 * Makes rejections cheap, because thousands a second must not be an overload themselves: one pre-built response for each
 * limit, and one log line a second for all of them.
 */
export function createRejections({ toResponse, log }: RejectionsOptions) {
  const prebuilt = new Map<number, PrebuiltRejection>();
  let rejected = 0;
  let unauthenticated = 0;
  let timer: NodeJS.Timeout | undefined;

  function note(): void {
    timer = undefined;
    log.warn({ rejected, unauthenticated }, 'overloaded: requests were rejected');
    rejected = unauthenticated = 0;
  }

  return {
    /** Counts a rejection. */
    reject({ limit, actual }: Overload, isAuthenticated: boolean): PrebuiltRejection {
      rejected += 1;
      if (!isAuthenticated) unauthenticated += 1;
      timer ??= setTimeout(note, LOG_EVERY_MS).unref();
      const found = prebuilt.get(limit);
      if (found) return found;
      if (prebuilt.size >= MAX_PREBUILT) prebuilt.clear();
      const made = prebuild(gatewayError('GATEWAY_OVERLOADED', limit, actual), toResponse);
      prebuilt.set(limit, made);
      return made;
    },
    close() {
      clearTimeout(timer);
      if (timer) note();
    },
  };
}

function prebuild(error: GatewayError, toResponse: RejectionsOptions['toResponse']): PrebuiltRejection {
  const { status, headers, body } = toResponse(error);
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const list = Object.entries(all).flat();
  return {
    error,
    send(response, requestId, isLast = false) {
      if (response.headersSent || response.destroyed) return;
      // Node reads and drops the rest of a body whose length is known; the end of another may never come.
      const mustClose = isLast || 'transfer-encoding' in response.req.headers;
      const ends = mustClose ? ['connection', 'close'] : [];
      response.writeHead(status, [...list, 'x-request-id', requestId, ...ends]);
      response.end(body);
    },
  };
}
