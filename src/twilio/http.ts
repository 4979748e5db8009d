import ky, { HTTPError, type KyInstance } from 'ky';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { UpstreamFetch } from '../auth/oauth.ts';
import type { RequestTrace } from '../telemetry/telemetry.ts';
import { TwilioError, TwilioResponseError } from '../twilio-error.ts';
import { createLimiter, type Limiter } from './limiter.ts';

/** What one GraphQL request hands down to every call made for it. */
export interface ReadScope {
  /** Aborts when the client goes away or the request's deadline passes. */
  readonly signal: AbortSignal;
  /** Counts the calls, retries not included. */
  upstreamCalls: number;
  /** Answers nothing from the cache, as `Cache-Control: no-cache` asks. */
  readonly fresh?: boolean;
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

/** GETs JSON from Twilio under one credential. */
export interface TwilioHttp {
  /**
   * @param path path and query, beginning with `/2010-04-01/`
   * @throws {TwilioError} when Twilio refuses or cannot be reached
   * @throws {TwilioResponseError} when the answer is not JSON
   * @throws the signal's reason when it is aborted
   */
  get(path: string, scope: ReadScope, options?: GetOptions): Promise<unknown>;
}

export interface GetOptions {
  /** The account in the path is not the credential's own: a refusal is then not the token's fault. */
  foreign?: boolean;
  /** A page so large that a 500 is better answered by a smaller page than by the same again. */
  large?: boolean;
}

/** After a fresh token was refused too, the token is not the reason; asking again at once would be throttled. */
const TRUST_FRESH_TOKEN_MS = 30_000;

export function createTwilioHttp(options: TwilioHttpOptions): TwilioHttp {
  const { tokens, limiter = createLimiter(), now = Date.now } = options;
  const reader = (statusCodes: number[]) =>
    ky.create({
      baseUrl: options.apiUrl,
      // Not ky's own: its clock would run while a call waits for its turn.
      timeout: false,
      fetch: (input, init) => {
        // ky hands in a Request of its own making; another one would cost as much as the parsing.
        const request = input instanceof Request ? input : new Request(input, init);
        return limiter.run(
          () => fetchWithin(options.timeoutMs, options.fetch, request),
          (response) => response.status === 429,
          request.signal,
        );
      },
      redirect: 'manual',
      retry: {
        limit: 3,
        methods: ['get'],
        statusCodes,
        afterStatusCodes: [429, 503],
        maxRetryAfter: 10_000,
        // Twilio's advice for 20429; the figures are those of its own SDK.
        delay: (attempt) => 100 * 2 ** attempt,
        backoffLimit: 3_000,
        jitter: true,
      },
    });
  // Two instances, not one and its extend(), which would add to the status codes and take none away.
  const api = reader([429, 500, 502, 503, 504]);
  const largePages = reader([429, 502, 503, 504]);
  let freshTokenRefusedAt = Number.NEGATIVE_INFINITY;

  return {
    async get(path, scope, { foreign = false, large = false } = {}) {
      scope.signal.throwIfAborted();
      scope.upstreamCalls += 1;
      const http = large ? largePages : api;
      const token = await abortable(tokens.get(), scope.signal);
      try {
        return await send(http, path, token, scope);
      } catch (error) {
        const trusted = foreign || now() - freshTokenRefusedAt < TRUST_FRESH_TOKEN_MS;
        if (trusted || !isTokenRefusal(error)) throw error;
      }
      tokens.drop(token);
      const fresh = await abortable(tokens.get(), scope.signal);
      try {
        return await send(http, path, fresh, scope);
      } catch (error) {
        if (isTokenRefusal(error)) freshTokenRefusedAt = now();
        throw error;
      }
    },
  };
}

/** One attempt. A timeout becomes the standard's sign of a network error, which is retried. */
async function fetchWithin(ms: number, fetch: UpstreamFetch, request: Request): Promise<Response> {
  const attempt = new AbortController();
  const abort = () => attempt.abort(request.signal.reason);
  const timer = setTimeout(() => attempt.abort(new TypeError('fetch failed')), ms);
  request.signal.addEventListener('abort', abort, { once: true });
  try {
    return await fetch(request, { signal: attempt.signal });
  } catch (error) {
    if (request.signal.aborted || !attempt.signal.aborted) throw error;
    throw new TypeError('fetch failed', { cause: error });
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', abort);
  }
}

async function send(
  http: KyInstance,
  path: string,
  token: string,
  { signal, requestId }: ReadScope,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, ...(requestId ? { 'x-request-id': requestId } : {}) };
  try {
    return await http.get(path, { signal, headers }).json();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof HTTPError) {
      throw TwilioError.of('api', error.response.status, error.response.headers, error.data);
    }
    if (error instanceof SyntaxError) throw new TwilioResponseError('it is not JSON', { cause: error });
    throw TwilioError.unreachable('api', error);
  }
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
