import type { Logger } from '../log.ts';
import type { RequestScope } from './request-scope.ts';

export interface EndedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The nickname the request asked for, if it did. */
  readonly credential: string | null;
  /** Answered with the bytes of an earlier answer. */
  readonly kept?: boolean;
}

/**
 * Writes the one line of a request that is answered. Neither variables nor the query are logged: both may
 * hold phone numbers.
 */
export function logRequest(log: Logger, scope: RequestScope, ended: EndedRequest): void {
  const { id, startedAt, operations, errorCodes, upstreamCalls } = scope;
  log.info(
    {
      requestId: id,
      method: ended.method,
      path: ended.path,
      status: ended.status,
      ms: Math.round(performance.now() - startedAt),
      ...(operations.length > 0 ? { operation: operations.join(',') } : {}),
      ...(ended.credential === null ? {} : { credential: ended.credential }),
      upstreamCalls,
      ...(ended.kept ? { kept: true } : {}),
      ...(errorCodes.size > 0 ? { errors: [...errorCodes] } : {}),
    },
    'request',
  );
}
