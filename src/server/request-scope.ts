import { RequestAbortedError, RequestTimeoutError } from '../errors/upstream.ts';
import type { RequestTrace, Tracing } from '../telemetry/telemetry.ts';
import type { ReadScope } from '../twilio/http.ts';

/** A request's scope and what the log says of it in the end. */
export interface RequestScope extends ReadScope {
  readonly id: string;
  readonly startedAt: number;
  readonly operations: string[];
  readonly errorCodes: Set<string>;
  /** Whether it came as far as being executed. */
  executed: boolean;
  /** What it was reckoned to cost beforehand, where that is done: calls of Twilio, and rows. */
  cost?: { readonly calls: number; readonly rows: number };
}

/** Keeps one scope per HTTP request, from its arrival to its answer. */
export interface RequestScopes {
  of(request: Request): RequestScope;
  /** Stops the deadline's clock. */
  end(request: Request): void;
}

export function requestScopes(timeoutMs: number, tracing?: Tracing): RequestScopes {
  const scopes = new WeakMap<Request, { scope: RequestScope; stop: () => void }>();

  function begin(request: Request) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new RequestTimeoutError(timeoutMs)), timeoutMs);
    const hangUp = () => controller.abort(new RequestAbortedError());
    request.signal.addEventListener('abort', hangUp, { once: true });
    const given = request.headers.get('x-request-id');
    const id = given && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
    const scope: RequestScope = {
      id,
      requestId: id,
      trace: traceOf(request, id),
      startedAt: performance.now(),
      signal: controller.signal,
      upstreamCalls: 0,
      fresh: /\bno-cache\b/i.test(request.headers.get('cache-control') ?? ''),
      operations: [],
      errorCodes: new Set(),
      executed: false,
    };
    const stop = () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', hangUp);
    };
    return { scope, stop };
  }

  function traceOf(request: Request, id: string): RequestTrace | undefined {
    // Other paths are pages and probes; what one of them says may be anything.
    if (!tracing || new URL(request.url).pathname !== '/graphql') return undefined;
    return tracing.request((name) => request.headers.get(name), id);
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
