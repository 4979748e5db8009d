import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Exchange } from './exchange.ts';
import type { Loggable } from './loggable.ts';

export interface RequestLogOptions {
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Names that are metric labels; all others are `other`. */
  readonly trustedNames: ReadonlySet<string>;
  readonly loggable: Loggable;
}

/**
 * Writes one line for a request, counts it and ends its trace. Neither variables nor the query are logged: both may
 * hold phone numbers.
 */
export function createRequestLog({ log, telemetry, trustedNames, loggable }: RequestLogOptions) {
  return (exchange: Exchange): void => {
    const { path, status, errorCodes, cost, credential, upstreamCalls, isCached: kept } = exchange;
    const operations = exchange.operations.map((name) => loggable.operation(name, trustedNames));
    const milliseconds = performance.now() - exchange.arrivedAt;
    // GraphiQL's page has the same path, but neither operations nor errors.
    if (path === '/graphql' && (operations.length > 0 || errorCodes.size > 0 || exchange.isExecuted)) {
      const [name = ''] = operations;
      const operation = trustedNames.has(name) ? name : 'other';
      telemetry.requestEnded({ operation, errorCodes, milliseconds, kept });
    }
    exchange.trace?.end({ status, operations, errorCodes, upstreamCalls });
    log.info(
      {
        requestId: exchange.requestId,
        method: loggable.method(exchange.method),
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
