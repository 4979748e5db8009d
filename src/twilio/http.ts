import { HTTPError } from 'ky';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { UpstreamFetch } from '../auth/oauth.ts';
import type { RequestTrace } from '../telemetry/telemetry.ts';
import { ownError, TwilioError } from '../twilio-error.ts';
import { createAttempts } from './attempts.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { StaleRead } from './stale.ts';

/** What one GraphQL request hands down to every call made for it. */
export interface ReadScope {
  /** Aborts when the client goes away or the request's deadline passes. */
  readonly signal: AbortSignal;
  /** When it passes, by `performance.now()`. @default never */
  readonly deadline?: number | undefined;
  /** Counts the calls, retries not included. */
  upstreamCalls: number;
  /**
   * Until when all that was read so far may be answered again, by `performance.now()`; 0 where some of it may
   * not. Whoever wants to keep an answer starts with Infinity.
   */
  keepUntil?: number | undefined;
  /** Answers nothing from the cache, as `Cache-Control: no-cache` asks. */
  readonly fresh?: boolean;
  /** So old an answer may be where Twilio cannot be asked, in milliseconds. @default 0 */
  readonly staleIfErrorMs?: number;
  /** What was answered that way. */
  stale?: readonly StaleRead[] | undefined;
  /** Sent along as `X-Request-Id`, so that a proxy on the way to Twilio can be asked about this request. */
  readonly requestId?: string | undefined;
  /** Where the request is traced. */
  readonly trace?: RequestTrace | undefined;
}

export interface TwilioHttpOptions {
  apiUrl: URL;
  fetch: UpstreamFetch;
  tokens: AccessTokens;
  /** For one attempt, in milliseconds. */
  timeoutMs: number;
  limiter?: Limiter;
  now?: () => number;
}

/** What Twilio answered: JSON, and the text it was. */
export interface TwilioAnswer {
  readonly text: string;
  readonly json: unknown;
  /** When it came straight from Twilio, by `performance.now()`, where somebody wanted to know. */
  readonly readAt?: number;
}

/** GETs JSON from Twilio under one credential. */
export interface TwilioHttp {
  /**
   * @param path path and query, beginning with `/2010-04-01/`
   * @throws {TwilioError} when Twilio refuses or cannot be reached
   * @throws {TwilioResponseError} when the answer is not JSON, or beyond its limits
   * @throws the signal's reason when it is aborted
   */
  get(path: string, scope: ReadScope, options?: GetOptions): Promise<TwilioAnswer>;
}

export interface GetOptions {
  /** The account in the path is not the credential's own: a refusal is then not the token's fault. */
  foreign?: boolean;
  /** A page so large that a 500 is better answered by a smaller page than by the same again. */
  large?: boolean;
  /**
   * For how many milliseconds the answer may be given again, if it may.
   *
   * @param isKept whether the answer for another path is being given again
   */
  lifetime?: (json: unknown, isKept: (path: string) => boolean) => number;
  /** What is kept of the answer, as JSON. @default all of it, as it came */
  redact?: (json: unknown) => unknown;
}

/** After a fresh token was refused too, the token is not the reason; asking again at once would be throttled. */
const TRUST_FRESH_TOKEN_MS = 30_000;

export function createTwilioHttp(options: TwilioHttpOptions): TwilioHttp {
  const { tokens, limiter = createLimiter(), now = Date.now } = options;
  const attempts = createAttempts({ fetch: options.fetch, timeoutMs: options.timeoutMs, limiter });
  let freshTokenRefusedAt = Number.NEGATIVE_INFINITY;

  async function send(url: URL, token: string, scope: ReadScope, large: boolean): Promise<TwilioAnswer> {
    const { signal, requestId } = scope;
    const headers = { authorization: `Bearer ${token}`, ...(requestId ? { 'x-request-id': requestId } : {}) };
    try {
      return await attempts(url, headers, scope, large);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const own = ownError(error);
      if (own) throw own;
      if (error instanceof HTTPError) {
        throw TwilioError.of('api', error.response.status, error.response.headers, error.data);
      }
      throw TwilioError.unreachable('api', error);
    }
  }

  return {
    async get(path, scope, { foreign = false, large = false } = {}) {
      scope.signal.throwIfAborted();
      scope.upstreamCalls += 1;
      const url = new URL(path, options.apiUrl);
      const token = await abortable(tokens.get(), scope.signal);
      try {
        return await send(url, token, scope, large);
      } catch (error) {
        const trusted = foreign || now() - freshTokenRefusedAt < TRUST_FRESH_TOKEN_MS;
        if (trusted || !isTokenRefusal(error)) throw error;
      }
      tokens.drop(token);
      const fresh = await abortable(tokens.get(), scope.signal);
      try {
        return await send(url, fresh, scope, large);
      } catch (error) {
        if (isTokenRefusal(error)) freshTokenRefusedAt = now();
        throw error;
      }
    },
  };
}

/** 401 with another code (70051, a missing permission) would not get better with another token. */
function isTokenRefusal(error: unknown): boolean {
  return (
    error instanceof TwilioError && error.source === 'api' && error.status === 401 && error.code === 20003
  );
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
