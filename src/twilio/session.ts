import { DEFAULT_CIRCUIT } from '../config/twilio.ts';
import type { UpstreamObserver } from '../telemetry/upstream.ts';
import { createTwilioClient, type TwilioClient } from './client.ts';
import { TwilioError, TwilioResponseError } from './errors.ts';
import './resources/index.ts';
import { accessToken, type TokenSource } from './transport/access-token.ts';
import { bulkhead } from './transport/bulkhead.ts';
import { callBudget } from './transport/call-budget.ts';
import {
  type CircuitBreaker,
  type CircuitSettings,
  circuitBreaker,
  createCircuitBreaker,
} from './transport/circuit-breaker.ts';
import { concurrencyLimiter, createLimiter, type Limiter } from './transport/concurrency-limiter.ts';
import { kyClient } from './transport/ky-client.ts';
import { createResponseCache, type ResponseCacheOptions } from './transport/response-cache.ts';
import { retry } from './transport/retry.ts';
import { singleFlight } from './transport/single-flight.ts';
import { timeout } from './transport/timeout.ts';
import type { ReadOrigin, ReadRequest, ReadScope, Schedule, Transport, UpstreamFetch } from './types.ts';

/** The part of a credential that identifies its session. */
export interface SessionCredential {
  readonly id: string;
  readonly accountSid: string;
  /** Changes with the secret. */
  readonly secretVersion: number;
}

/** The state of one credential that outlives a request: token, limiter and circuit breaker of its account, and cached responses. */
export interface Session {
  readonly client: TwilioClient;
  /** The retention period in days; reduced when Twilio reports a shorter one. */
  readonly retention: { days: number };
  readonly limiter: Pick<Limiter, 'limit' | 'running' | 'waiting'>;
  readonly circuit: Pick<CircuitBreaker, 'isOpen'>;
  /** Returns the cached access token, or requests one. @throws {TwilioError} when Twilio issues none */
  token(): Promise<string>;
}

/** Events of the transport layers. */
export interface SessionEvents {
  served(label: string, origin: ReadOrigin): void;
  /** A call failed after all retries. */
  failed(
    credentialId: string,
    request: ReadRequest,
    error: TwilioError | TwilioResponseError,
    scope: ReadScope,
  ): void;
  circuitChanged(accountSid: string, isOpen: boolean): void;
}

export interface SessionsOptions {
  readonly apiUrl: URL;
  readonly fetch: UpstreamFetch;
  /** Timeout of one attempt, in milliseconds. */
  readonly upstreamTimeoutMs: number;
  /** Timeout of a whole GraphQL request, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly retentionDays: number;
  readonly cache?: ResponseCacheOptions | undefined;
  /** Schedules the continuation of callers after a failed call. @default immediately */
  readonly schedule?: Schedule | undefined;
  /** @default opens after 5 failures for 5 s */
  readonly circuit?: CircuitSettings | undefined;
  readonly events: SessionEvents;
  /** Receives the limiter of each account before its first call. @default nothing */
  readonly onLimiter?: ((accountSid: string, limiter: Limiter) => void) | undefined;
  readonly observer?: UpstreamObserver | undefined;
}

/** Opens sessions with Twilio. */
export interface Sessions {
  /** Returns the session of a credential and its secret; opens it on first use. */
  of(credential: SessionCredential, tokens: () => TokenSource): Session;
  /** Creates a client for a token that belongs to no stored credential: nothing is cached or shared. */
  withToken(token: string, accountSid: string): TwilioClient;
  /** The sessions used so far, by the credential's id. */
  readonly opened: ReadonlyMap<string, Session>;
  /** Drops the session of a removed credential; requests under way keep it and end with it. */
  drop(credentialId: string): void;
  /** Clears the cache. */
  close(): void;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { apiUrl, fetch, observer, events, upstreamTimeoutMs: timeoutMs } = options;
  const silenceMs = Math.min(timeoutMs, options.requestTimeoutMs) / 2;
  const send = timeout(kyClient({ apiUrl, fetch, observer }), { timeoutMs, silenceMs });
  const cache = createResponseCache(options.cache ?? {});
  const circuits = new Map<string, CircuitBreaker>();
  /** Twilio limits the calls of an account, by all its credentials together. */
  const limiters = new Map<string, Limiter>();
  const opened = new Map<string, Session & { readonly secretVersion: number }>();

  function circuitOf(accountSid: string): CircuitBreaker {
    const known = circuits.get(accountSid);
    if (known) return known;
    const circuit = createCircuitBreaker(options.circuit ?? DEFAULT_CIRCUIT, (isOpen) =>
      events.circuitChanged(accountSid, isOpen),
    );
    circuits.set(accountSid, circuit);
    return circuit;
  }

  function limiterOf(accountSid: string): Limiter {
    const known = limiters.get(accountSid);
    if (known) return known;
    const limiter = createLimiter();
    limiters.set(accountSid, limiter);
    options.onLimiter?.(accountSid, limiter);
    return limiter;
  }

  function open(credential: SessionCredential, tokens: TokenSource) {
    const { id, accountSid, secretVersion } = credential;
    const limiter = limiterOf(accountSid);
    const circuit = circuitOf(accountSid);
    // Outermost last.
    const attempts = retry(concurrencyLimiter(circuitBreaker(send, circuit), limiter), timeoutMs);
    const authorized = accessToken(attempts, tokens);
    const reported = reportFailures(authorized, (...failure) => events.failed(id, ...failure));
    const shared = singleFlight(callBudget(reported));
    const bounded = bulkhead(shared, options.schedule);
    const cached = cache.layer(bounded, `${id}#${secretVersion}`);
    return {
      secretVersion,
      client: createTwilioClient(reportOrigins(cached, events.served), accountSid),
      retention: { days: options.retentionDays },
      limiter,
      circuit,
      token: async () => tokens.get(),
    };
  }

  return {
    opened,
    withToken(token, accountSid) {
      const tokens = { get: () => token, drop: () => {} };
      const attempts = retry(concurrencyLimiter(send, createLimiter()), timeoutMs);
      return createTwilioClient(accessToken(attempts, tokens), accountSid);
    },
    of(credential, tokens) {
      const known = opened.get(credential.id);
      // A new secret opens a new session; running requests finish with the old one.
      if (known?.secretVersion === credential.secretVersion) return known;
      const session = open(credential, tokens());
      opened.set(credential.id, session);
      return session;
    },
    drop: (credentialId) => void opened.delete(credentialId),
    close: cache.close,
  };
}

function reportOrigins(next: Transport, served: SessionEvents['served']): Transport {
  return async (request, scope) => {
    const result = await next(request, scope);
    served(request.endpoint.label, result.origin);
    return result;
  };
}

function reportFailures(
  next: Transport,
  failed: (request: ReadRequest, error: TwilioError | TwilioResponseError, scope: ReadScope) => void,
): Transport {
  return async (request, scope) => {
    try {
      return await next(request, scope);
    } catch (error) {
      if (error instanceof TwilioError || error instanceof TwilioResponseError) failed(request, error, scope);
      throw error;
    }
  };
}
