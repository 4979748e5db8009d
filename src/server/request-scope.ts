import { RequestAbortedError, RequestTimeoutError } from '../errors/upstream.ts';
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
}

/** One request's scope, from its arrival to its answer. */
export interface RunningScope {
  readonly scope: RequestScope;
  /** The client went away: ends every call that is under way for it. */
  hangUp(): void;
  /** Stops the deadline's clock. */
  end(): void;
}

/** The request headers that say how it is to be answered. */
export interface ScopeHeaders {
  readonly requestId: string | null;
  readonly cacheControl: string | null;
}

export function beginScope(timeoutMs: number, { requestId, cacheControl }: ScopeHeaders): RunningScope {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new RequestTimeoutError(timeoutMs)), timeoutMs);
  return {
    scope: {
      id: requestId && /^[\w.-]{1,64}$/.test(requestId) ? requestId : crypto.randomUUID(),
      startedAt: performance.now(),
      signal: controller.signal,
      upstreamCalls: 0,
      keepUntil: Number.POSITIVE_INFINITY,
      fresh: asksForFresh(cacheControl),
      staleIfErrorMs: staleIfErrorMs(cacheControl),
      operations: [],
      errorCodes: new Set(),
      keepable: false,
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
  of(request: Request): RequestScope;
  end(request: Request): void;
}

export function requestScopes(timeoutMs: number): RequestScopes {
  const scopes = new WeakMap<Request, RunningScope & { unwatch: () => void }>();

  function begin(request: Request) {
    const running = beginScope(timeoutMs, {
      requestId: request.headers.get('x-request-id'),
      cacheControl: request.headers.get('cache-control'),
    });
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
