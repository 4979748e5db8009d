import { RequestAbortedError, RequestTimeoutError } from '../errors/upstream.ts';
import { type OperationScope, ReadSummary } from '../loaders/read-summary.ts';
import type { Tracing } from '../telemetry/telemetry.ts';
import { staleIfErrorMs } from './cache-control.ts';
import type { QueryCost } from './limits/query-cost.ts';
import { createLoggable, type Loggable } from './loggable.ts';

/** A request's scope and what the log says of it in the end. */
export interface RequestScope extends OperationScope {
  readonly id: string;
  readonly startedAt: number;
  /** What X-Twilio-Credential says, if there is a credential of that name. */
  credential?: string | undefined;
  readonly operations: string[];
  readonly errorCodes: Set<string>;
  /** Whether the operation may be answered again with the very same bytes; see {@link IsKeepable}. */
  keepable: boolean;
  /** Whether it came as far as being executed. */
  executed: boolean;
  /** What it was reckoned to cost beforehand: see {@link QueryCost}. */
  cost?: QueryCost | undefined;
}

/** One request's scope, from its arrival to its answer. */
export interface RunningScope {
  readonly scope: RequestScope;
  /** The client went away: ends every call that is under way for it. */
  hangUp(): void;
  /** Stops the deadline's clock. */
  end(): void;
}

/** Reads one header of the request; null where it has none of that name. */
type Header = (name: string) => string | null;

export interface ScopeOptions {
  /** From its arrival on. */
  readonly timeoutMs: number;
  /** When it had arrived, by `performance.now()`: to find out who asks takes some of its time. */
  readonly arrivedAt: number;
  /** Where this request may be traced. */
  readonly tracing?: Tracing | undefined;
  readonly loggable: Loggable;
}

export function beginScope(
  header: Header,
  { timeoutMs, arrivedAt, tracing, loggable }: ScopeOptions,
): RunningScope {
  const controller = new AbortController();
  const deadline = arrivedAt + timeoutMs;
  const expire = () => controller.abort(new RequestTimeoutError(timeoutMs));
  const timer = setTimeout(expire, deadline - performance.now());
  const cacheControl = header('cache-control');
  // Others' part of a trace goes on to the collector.
  const tracedHeader: Header = (name) => (name === 'tracestate' ? loggable.text(header(name)) : header(name));
  const id = loggable.requestId(header('x-request-id'));
  return {
    scope: {
      id,
      requestId: id,
      trace: tracing?.request(tracedHeader, id),
      startedAt: arrivedAt,
      signal: controller.signal,
      deadline,
      reads: new ReadSummary(),
      noCache: asksForFresh(cacheControl),
      staleIfErrorMs: staleIfErrorMs(cacheControl),
      operations: [],
      errorCodes: new Set(),
      keepable: false,
      executed: false,
    },
    hangUp: () => controller.abort(new RequestAbortedError()),
    end: () => clearTimeout(timer),
  };
}

export function asksForFresh(cacheControl: string | null): boolean {
  return cacheControl !== null && /\bno-cache\b/i.test(cacheControl);
}

/** Keeps one scope per Request of yoga's. */
export interface RequestScopes {
  /** @param arrivedAt when that was before yoga got it */
  begin(request: Request, arrivedAt?: number): void;
  of(request: Request): RequestScope;
  end(request: Request): void;
}

export function requestScopes(
  timeoutMs: number,
  tracing?: Tracing,
  loggable: Loggable = createLoggable(),
): RequestScopes {
  const scopes = new WeakMap<Request, RunningScope & { unwatch: () => void }>();

  function begin(request: Request, arrivedAt = performance.now()) {
    // Other paths are pages and probes; what one of them says may be anything.
    const traced = tracing && new URL(request.url).pathname === '/graphql' ? tracing : undefined;
    const header = (name: string) => request.headers.get(name);
    const running = beginScope(header, { timeoutMs, arrivedAt, tracing: traced, loggable });
    request.signal.addEventListener('abort', running.hangUp, { once: true });
    const unwatch = () => request.signal.removeEventListener('abort', running.hangUp);
    const entry = { ...running, unwatch };
    scopes.set(request, entry);
    return entry;
  }

  return {
    begin,
    of: (request) => (scopes.get(request) ?? begin(request)).scope,
    end(request) {
      const entry = scopes.get(request);
      entry?.end();
      entry?.unwatch();
      scopes.delete(request);
    },
  };
}
