import { RequestAbortedError, RequestTimeoutError } from '../errors/upstream.ts';
import type { Tracing } from '../telemetry/telemetry.ts';
import type { ReadScope } from '../twilio/http.ts';
import { staleIfErrorMs } from './cache-control.ts';

/** A request's scope and what the log says of it in the end. */
export interface RequestScope extends ReadScope {
  readonly id: string;
  readonly startedAt: number;
  readonly operations: string[];
  readonly errorCodes: Set<string>;
  /** Whether the operation may be answered again with the very same bytes; see {@link isKeepable}. */
  keepable: boolean;
  /** Whether it came as far as being executed. */
  executed: boolean;
  /** What it was reckoned to cost beforehand: calls of Twilio, and rows. */
  cost?: { readonly calls: number; readonly rows: number } | undefined;
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

/** @param tracing where this request may be traced */
export function beginScope(timeoutMs: number, header: Header, tracing?: Tracing): RunningScope {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new RequestTimeoutError(timeoutMs)), timeoutMs);
  const cacheControl = header('cache-control');
  const id = requestIdOf(header('x-request-id'));
  return {
    scope: {
      id,
      requestId: id,
      trace: tracing?.request(header, id),
      startedAt: performance.now(),
      signal: controller.signal,
      upstreamCalls: 0,
      keepUntil: Number.POSITIVE_INFINITY,
      fresh: asksForFresh(cacheControl),
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

/** The id a client gave its request, where it can stand in a header and a log; else a new one. */
export function requestIdOf(given: string | string[] | null | undefined): string {
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}

export function asksForFresh(cacheControl: string | null): boolean {
  return cacheControl !== null && /\bno-cache\b/i.test(cacheControl);
}

/** Keeps one scope per Request of yoga's. */
export interface RequestScopes {
  of(request: Request): RequestScope;
  end(request: Request): void;
}

export function requestScopes(timeoutMs: number, tracing?: Tracing): RequestScopes {
  const scopes = new WeakMap<Request, RunningScope & { unwatch: () => void }>();

  function begin(request: Request) {
    // Other paths are pages and probes; what one of them says may be anything.
    const traced = tracing && new URL(request.url).pathname === '/graphql' ? tracing : undefined;
    const running = beginScope(timeoutMs, (name) => request.headers.get(name), traced);
    request.signal.addEventListener('abort', running.hangUp, { once: true });
    return { ...running, unwatch: () => request.signal.removeEventListener('abort', running.hangUp) };
  }

  return {
    of(request) {
      const entry = scopes.get(request) ?? begin(request);
      scopes.set(request, entry);
      return entry.scope;
    },
    end(request) {
      const entry = scopes.get(request);
      entry?.end();
      entry?.unwatch();
      scopes.delete(request);
    },
  };
}
