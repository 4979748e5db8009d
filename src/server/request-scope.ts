import { RequestAbortedError, RequestTimeoutError } from '../errors/upstream.ts';
import type { ReadScope } from '../twilio/http.ts';
import { staleIfErrorMs } from './cache-control.ts';

/** A request's scope and what the log says of it in the end. */
export interface RequestScope extends ReadScope {
  readonly id: string;
  readonly startedAt: number;
  readonly operations: string[];
  readonly errorCodes: Set<string>;
}

/** Keeps one scope per HTTP request, from its arrival to its answer. */
export interface RequestScopes {
  of(request: Request): RequestScope;
  /** Stops the deadline's clock. */
  end(request: Request): void;
}

export function requestScopes(timeoutMs: number): RequestScopes {
  const scopes = new WeakMap<Request, { scope: RequestScope; stop: () => void }>();

  function begin(request: Request) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new RequestTimeoutError(timeoutMs)), timeoutMs);
    const hangUp = () => controller.abort(new RequestAbortedError());
    request.signal.addEventListener('abort', hangUp, { once: true });
    const given = request.headers.get('x-request-id');
    const scope: RequestScope = {
      id: given && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID(),
      startedAt: performance.now(),
      signal: controller.signal,
      upstreamCalls: 0,
      staleIfErrorMs: staleIfErrorMs(request.headers.get('cache-control')),
      fresh: /\bno-cache\b/i.test(request.headers.get('cache-control') ?? ''),
      operations: [],
      errorCodes: new Set(),
    };
    const stop = () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', hangUp);
    };
    return { scope, stop };
  }

  return {
    of(request) {
      const entry = scopes.get(request) ?? begin(request);
      scopes.set(request, entry);
      return entry.scope;
    },
    end(request) {
      scopes.get(request)?.stop();
      scopes.delete(request);
    },
  };
}
