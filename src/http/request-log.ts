import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Exchange } from './exchange.ts';
import type { Loggable } from './loggable.ts';
import { createThrottledLogger } from './throttled-logger.ts';

export interface RequestLogOptions {
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Names that are metric labels; all others are `other`. */
  readonly trustedNames: ReadonlySet<string>;
  readonly loggable: Loggable;
}

export interface RequestLog {
  /**
   * Writes one line for a request, counts it and ends its trace. Neither variables nor the query are logged: both may
   * hold phone numbers.
   */
  write(exchange: Exchange): void;
  close(): void;
}

/** Lines of requests without a valid key or over their rate, which anybody can cause in any number. */
const REJECTED = { max: 100, intervalMs: 10_000 };

export function createRequestLog({ log, telemetry, trustedNames, loggable }: RequestLogOptions): RequestLog {
  const rejected = createThrottledLogger(log, 'request', REJECTED);

  function write(exchange: Exchange): void {
    const { path, status, errorCodes, cost, credential, upstreamCalls, isCached } = exchange;
    const operations = exchange.operations.map((name) => loggable.operation(name, trustedNames));
    const milliseconds = performance.now() - exchange.arrivedAt;
    // GraphiQL's page has the same path, but neither operations nor errors.
    if (path === '/graphql' && (operations.length > 0 || errorCodes.size > 0 || exchange.isExecuted)) {
      const [name = ''] = operations;
      const operation = trustedNames.has(name) ? name : 'other';
      telemetry.requestEnded({ operation, errorCodes, milliseconds, isCached });
    }
    exchange.trace?.end({ status, operations, errorCodes, upstreamCalls });
    const line = {
      requestId: exchange.requestId,
      method: loggable.method(exchange.method),
      path: loggable.path(path),
      status,
      ms: Math.round(milliseconds),
      ...(operations.length > 0 ? { operation: operations.join(',') } : {}),
      ...(credential !== undefined ? { credential } : {}),
      ...(cost ? { cost } : {}),
      upstreamCalls,
      ...(isCached ? { kept: true } : {}),
      ...(errorCodes.size > 0 ? { errors: [...errorCodes] } : {}),
    };
    const isRejected = status === 429 || (status >= 400 && !exchange.authentication?.principal);
    if (isRejected) rejected.write(line);
    else log.info(line, 'request');
  }

  return { write, close: rejected.close };
}
