import { METHODS } from 'node:http';
import { isHarmless, type Logger } from '../log.ts';
import { MEDIA_PATH } from '../policy/media-link.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Exchange } from './exchange.ts';
import { ASSETS } from './graphiql-files.ts';
import { consoleLogPath } from './routes/console.ts';
import { createThrottledLogger } from './throttled-logger.ts';

export interface RequestLogOptions {
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Names that are metric labels; all others are `other`. */
  readonly trustedNames: ReadonlySet<string>;
  readonly loggable: Loggable;
}

/** Lines of requests without a valid key or over their rate, which any client can cause in any number. */
const REJECTED = { max: 100, intervalMs: 10_000 };

export function createRequestLog({ log, telemetry, trustedNames, loggable }: RequestLogOptions) {
  const rejected = createThrottledLogger(log, 'request', REJECTED);

  /**
   * Writes one line for a request, counts it and ends its trace. Neither variables nor the query are logged: both may
   * hold phone numbers.
   */
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
    // The logger drops undefined fields.
    const line = {
      requestId: exchange.requestId,
      method: loggable.method(exchange.method),
      path: loggable.path(path),
      status,
      caller: loggable.caller(exchange.authentication?.principal?.name),
      ms: Math.round(milliseconds),
      operation: operations.join(',') || undefined,
      credential,
      cost,
      upstreamCalls,
      kept: isCached || undefined,
      errors: errorCodes.size > 0 ? [...errorCodes] : undefined,
    };
    const isRejected = status === 429 || (status >= 400 && !exchange.authentication?.principal);
    if (isRejected) rejected.write(line);
    else log.info(line, 'request');
  }

  return { write, close: rejected.close };
}

export interface LoggableOptions {
  /** GATEWAY_ADMIN_KEY, which may look like anything. */
  readonly adminKey: string | undefined;
  readonly isPage: (path: string) => boolean;
}

const METHOD = new Set(METHODS);
const PATHS = new Set([
  '/',
  '/export/messages.csv',
  '/export/messages.ndjson',
  '/graphql',
  '/health',
  '/metrics',
  '/ready',
]);
/** Shorter parts of a key do not help to guess it, and may be words. */
const SHORTEST_PART = 12;

export type Loggable = ReturnType<typeof createLoggable>;

/**
 * Decides which parts of a request may be repeated in logs, traces and responses: only known and harmless ones, because
 * keys and phone numbers may stand in every part of a request.
 */
export function createLoggable({ adminKey, isPage }: LoggableOptions) {
  /** Whether the text contains the key, or is a part of it. */
  const isOfKey = (text: string) =>
    adminKey !== undefined &&
    (text.includes(adminKey) || (text.length >= SHORTEST_PART && adminKey.includes(text)));
  const isSafe = (text: string) => isHarmless(text) && !isOfKey(text);

  return {
    method: (method: string) => (METHOD.has(method) ? method : '[unknown]'),
    path: (path: string) => {
      if (PATHS.has(path) || isPage(path)) return path;
      // A media link opens its file without a key.
      const folder = [ASSETS, MEDIA_PATH].find((one) => path.startsWith(one));
      return folder ? `${folder}*` : (consoleLogPath(path) ?? '[unknown]');
    },
    /** A key's name or a token's subject. */
    caller: (name: string | undefined) => (name === undefined || isSafe(name) ? name : '[name]'),
    operation: (name: string, trustedNames: ReadonlySet<string>) =>
      trustedNames.has(name) || isSafe(name) ? name : '[name]',
    /** The request's own id if it is harmless, otherwise a new one. */
    requestId: (given: string | readonly string[] | undefined) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) && isSafe(given)
        ? given
        : crypto.randomUUID(),
    /** The text if it is harmless, otherwise an empty one. */
    text: (text: string | null) => (text?.split(/[,=]/).every(isSafe) ? text : ''),
  };
}
