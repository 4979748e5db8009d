import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createLoggable, type Loggable } from './loggable.ts';
import type { RequestScope } from './request-scope.ts';

/** What is known of a request when its answer is ready. */
export interface EndedRequest {
  readonly scope: RequestScope;
  readonly method: string;
  /** Without the query, which may hold anything. */
  readonly path: string;
  readonly status: number;
  /** Answered with the bytes of an earlier answer. */
  readonly kept?: boolean;
}

export interface RequestEndOptions {
  log: Logger;
  telemetry: Telemetry;
  /** The operations whose names are labels; all others are `other`. */
  operations: ReadonlySet<string>;
  /** @default knows no pages and no key */
  loggable?: Loggable;
}

/**
 * Writes one line for a request, counts it and ends its trace. To be called once for each, by whatever has
 * answered it. Neither variables nor the query are logged: both may hold phone numbers.
 */
export function createRequestEnd(options: RequestEndOptions) {
  const { log, telemetry, operations: known, loggable = createLoggable() } = options;
  return ({ scope, method, path, status, kept }: EndedRequest): void => {
    const { id, startedAt, errorCodes, cost, credential, trace } = scope;
    const upstreamCalls = scope.reads.calls;
    const operations = scope.operations.map((name) => loggable.operation(name, known));
    const milliseconds = performance.now() - startedAt;
    // GraphiQL's page has the same path, but neither.
    if (path === '/graphql' && (operations.length > 0 || errorCodes.size > 0 || scope.executed)) {
      const [name = ''] = operations;
      const operation = known.has(name) ? name : 'other';
      telemetry.requestEnded({ operation, errorCodes, milliseconds, kept: kept ?? false });
    }
    trace?.end({ status, operations, errorCodes, upstreamCalls });
    log.info(
      {
        requestId: id,
        method: loggable.method(method),
        path: loggable.path(path),
        status,
        ms: Math.round(milliseconds),
        ...(operations.length > 0 ? { operation: operations.join(',') } : {}),
        ...(credential !== undefined ? { credential } : {}),
        ...(cost ? { cost } : {}),
        upstreamCalls,
        ...(kept ? { kept } : {}),
        ...(errorCodes.size > 0 ? { errors: [...errorCodes] } : {}),
      },
      'request',
    );
  };
}

export type RequestEnd = ReturnType<typeof createRequestEnd>;
