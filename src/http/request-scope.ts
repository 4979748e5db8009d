import { gatewayError } from '../errors/gateway-error.ts';
import { type OperationScope, ReadSummary } from '../loaders/read-summary.ts';
import type { Exchange } from './exchange.ts';

/** The scope of one GraphQL request: its signal, its deadline, and a summary of its reads. */
export interface RunningScope {
  readonly scope: OperationScope;
  /** Ends the deadline's timer. To be called once the response is ready. */
  end(): void;
}

/**
 * @param timeoutMs counts from `since`
 * @param flow the principal, whose turn it is when a response of Twilio arrives
 * @param since when it began; by default the request's arrival, so that authentication and the body take some of the time
 */
export function beginScope(
  exchange: Exchange,
  timeoutMs: number,
  flow: string,
  since = exchange.arrivedAt,
): RunningScope {
  const controller = new AbortController();
  const deadline = since + timeoutMs;
  const expire = () => controller.abort(gatewayError('REQUEST_TIMEOUT', timeoutMs));
  const timer = setTimeout(expire, Math.max(0, deadline - performance.now()));
  const stopWatching = exchange.onAbort(() => controller.abort(gatewayError('REQUEST_ABORTED')));
  return {
    scope: {
      requestId: exchange.requestId,
      flow,
      trace: exchange.trace,
      signal: controller.signal,
      deadline,
      reads: new ReadSummary(),
      ...parseCacheControl(exchange.header('cache-control')),
    },
    end() {
      clearTimeout(timer);
      stopWatching();
    },
  };
}

/** The directives of a request's `Cache-Control` that the gateway honours. */
export interface CacheControl {
  /** Nothing cached will do. */
  readonly noCache: boolean;
  /** How old a cached response may be where Twilio cannot be reached, in milliseconds. */
  readonly staleIfErrorMs: number;
}

const NONE: CacheControl = { noCache: false, staleIfErrorMs: 0 };

/**
 * Reads `no-cache` and `stale-if-error=<seconds>`; ignores all other directives.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function parseCacheControl(header: string | null | undefined): CacheControl {
  if (header == null) return NONE;
  const seconds = /\bstale-if-error="?(\d{1,9})\b/i.exec(header)?.[1] ?? 0;
  return { noCache: /\bno-cache\b/i.test(header), staleIfErrorMs: 1000 * Number(seconds) };
}
