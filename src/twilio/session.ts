import { DEFAULT_CIRCUIT } from '../config/twilio.ts';
import type { UpstreamObserver } from '../telemetry/upstream.ts';
import { TwilioError, TwilioResponseError } from '../twilio-error.ts';
import { createTwilioClient, type TwilioClient } from './client.ts';
import './resources/index.ts';
import { accessToken, type TokenSource } from './transport/access-token.ts';
import { bulkhead, createBulkhead } from './transport/bulkhead.ts';
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

/** What a session is opened for. */
export interface SessionCredential {
  readonly id: string;
  readonly accountSid: string;
  /** Another one than before means that the secret has changed. */
  readonly secretVersion: number;
}

/** What lasts from request to request for one credential: its token, its limiter, its circuit, its cached reads. */
export interface Session {
  readonly client: TwilioClient;
  /** The days of history that Twilio gives; fewer once it said so. */
  readonly retention: { days: number };
  readonly limiter: Pick<Limiter, 'limit' | 'running' | 'waiting'>;
  readonly circuit: Pick<CircuitBreaker, 'isOpen'>;
  /** Gets an access token, at most once in its lifetime. @throws {TwilioError} when Twilio gives none */
  token(): Promise<void>;
}

/** What the layers observe. */
export interface SessionEvents {
  /** A read was served. */
  served(label: string, origin: ReadOrigin): void;
  /** A call failed in the end, after all retries. */
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
  /** For one attempt, in milliseconds. */
  readonly upstreamTimeoutMs: number;
  /** For a whole request, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly retentionDays: number;
  readonly cache?: ResponseCacheOptions | undefined;
  /** Calls of one credential that run or wait at once. @default 1000 */
  readonly maxCalls?: number | undefined;
  /** When callers go on after a failed call. @default at once */
  readonly schedule?: Schedule | undefined;
  /** @default opens after 5 failures for 5 s */
  readonly circuit?: CircuitSettings | undefined;
  readonly events: SessionEvents;
  readonly observer?: UpstreamObserver | undefined;
}

/** Opens sessions with Twilio. */
export interface Sessions {
  /** One session per credential and secret, opened when it is first used. */
  of(credential: SessionCredential, tokens: () => TokenSource): Session;
  /** A client for a token that belongs to no stored credential: nothing is cached or shared. */
  withToken(token: string, accountSid: string): TwilioClient;
  /** The sessions used so far, by the credential's id. */
  readonly opened: ReadonlyMap<string, Session>;
  /** Drops the session of a removed credential; requests under way keep it and end with it. */
  drop(credentialId: string): void;
  /** Drops everything that is cached. */
  close(): void;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { apiUrl, fetch, observer, events, upstreamTimeoutMs: timeoutMs } = options;
  const timeouts = { timeoutMs, silenceMs: Math.min(timeoutMs, options.requestTimeoutMs) / 2 };
  const cache = createResponseCache(options.cache ?? {});
  const circuits = new Map<string, CircuitBreaker>();
  const opened = new Map<string, Session & { readonly secretVersion: number }>();

  /** One attempt of a read, from its slot to the socket. */
  function attempt(limiter: Limiter, circuit: CircuitBreaker): Transport {
    const send = timeout(kyClient({ apiUrl, fetch, observer }), timeouts);
    return concurrencyLimiter(circuitBreaker(send, circuit), limiter);
  }

  function circuitOf(accountSid: string): CircuitBreaker {
    const known = circuits.get(accountSid);
    if (known) return known;
    const circuit = createCircuitBreaker(options.circuit ?? DEFAULT_CIRCUIT, (isOpen) =>
      events.circuitChanged(accountSid, isOpen),
    );
    circuits.set(accountSid, circuit);
    return circuit;
  }

  function open(credential: SessionCredential, tokens: TokenSource) {
    const { id, accountSid, secretVersion } = credential;
    const limiter = createLimiter();
    const circuit = circuitOf(accountSid);
    // Outermost last.
    const attempts = retry(attempt(limiter, circuit), timeoutMs);
    const authorized = accessToken(attempts, tokens);
    const reported = reportFailures(authorized, (...failure) => events.failed(id, ...failure));
    const shared = singleFlight(callBudget(reported));
    const bounded = bulkhead(shared, createBulkhead(options.maxCalls), options.schedule);
    const cached = cache.layer(bounded, `${id}#${secretVersion}`);
    return {
      secretVersion,
      client: createTwilioClient(reportOrigins(cached, events.served), accountSid),
      retention: { days: options.retentionDays },
      limiter,
      circuit,
      async token() {
        await tokens.get();
      },
    };
  }

  return {
    opened,
    withToken(token, accountSid) {
      const tokens = { get: async () => token, drop: () => {} };
      const untold = createCircuitBreaker({ failures: 0, openMs: 0 });
      return createTwilioClient(
        accessToken(retry(attempt(createLimiter(), untold), timeoutMs), tokens),
        accountSid,
      );
    },
    of(credential, tokens) {
      const known = opened.get(credential.id);
      // A new secret opens a new session; requests under way keep theirs and end with it.
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
