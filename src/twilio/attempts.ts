import ky, { isNetworkError, type Options } from 'ky';
import type { UpstreamFetch } from '../auth/oauth.ts';
import { TwilioError, TwilioResponseNotJsonError } from '../twilio-error.ts';
import type { Waiter } from './coalesce.ts';
import type { TwilioAnswer } from './http.ts';
import type { Limiter } from './limiter.ts';
import { MAX_ERROR_BYTES, parseWithin, responseLimits } from './response-limits.ts';

export interface AttemptOptions {
  fetch: UpstreamFetch;
  /** For one attempt, in milliseconds; the wait for its turn does not count. */
  timeoutMs: number;
  limiter: Limiter;
}

/**
 * GETs JSON, again where that may help: also after a success that is not JSON, such as a proxy's page.
 *
 * @param waiter who waits for it
 * @param large a 500 is no reason to try again
 * @throws ky's errors, the signal's reason when it is aborted
 * @throws {TwilioError} at once, where Twilio asks to wait longer than there is time
 */
export type Attempts = (
  url: URL,
  headers: Record<string, string>,
  waiter: Waiter,
  large: boolean,
) => Promise<TwilioAnswer>;

export function createAttempts({ fetch: send, timeoutMs, limiter }: AttemptOptions): Attempts {
  const once = ky.create(ONCE);
  // Two instances, not one and its extend(), which would add to the status codes and take none away.
  const again = ky.create(retryingOn([429, 500, 502, 503, 504]));
  const largeAgain = ky.create(retryingOn([429, 502, 503, 504]));

  return async (url, headers, waiter, large) => {
    const { signal } = waiter;
    let answer: TwilioAnswer | undefined;
    const fetch: UpstreamFetch = async (request) => {
      const attempt = () => fetchWithin(timeoutMs, send, request, signal);
      const response = await withoutLargeBody(await limiter.run(attempt, isThrottled, signal));
      const refusal = isOverloaded(response) ? await refusalBeyond(waiter, timeoutMs, response) : undefined;
      if (refusal) throw refusal;
      if (response.ok) answer = await readJson(response, url.href);
      return response;
    };
    // ky clones each Request it may have to repeat, which costs as much as the call. So the first attempt is
    // one without retries, and only what came of a failed one is handed to an instance that retries.
    const first = await settle(() => once.get(url, { headers, fetch }));
    if (!first.response?.ok) {
      const retrying = large ? largeAgain : again;
      await retrying.get(url, { headers, signal, fetch: beginningWith(first, fetch) });
    }
    return answer as TwilioAnswer;
  };
}

const COMMON = {
  // Not ky's own: its clock would run while a call waits for its turn.
  timeout: false,
  redirect: 'manual',
  headers: { accept: 'application/json' },
} as const;

const ONCE = { ...COMMON, retry: 0, throwHttpErrors: false } as const;

const retryingOn = (statusCodes: number[]): Options => ({
  ...COMMON,
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

/** Leaves out the body of an error where it is too large to be Twilio's; the pool does not even read it. */
async function withoutLargeBody(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  return new Response(text === '' || text.length > MAX_ERROR_BYTES ? null : text, response);
}

/** @throws a network error, which is retried, for a page in the place of JSON; nothing of it is repeated */
async function readJson(response: Response, url: string): Promise<TwilioAnswer> {
  const text = await response.text();
  try {
    return { text, json: parseWithin(responseLimits(url), text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = new TwilioResponseNotJsonError();
    // JSON that is broken is Twilio's own, and would come so again.
    throw /^\s*[[{]/.test(text) ? reason : new TypeError('fetch failed', { cause: reason });
  }
}

const isThrottled = (response: Response) => response.status === 429;
const isOverloaded = ({ status }: Response) => status === 429 || status === 503;

/** Whoever waits longer than there is time gets nothing but a timeout, which does not say when to ask again. */
async function refusalBeyond(
  { deadline = Number.POSITIVE_INFINITY }: Waiter,
  longestMs: number,
  response: Response,
): Promise<TwilioError | undefined> {
  const { status, headers } = response;
  const waitMs = TwilioError.waitMs(response);
  if (waitMs <= longestMs && performance.now() + waitMs < deadline) return undefined;
  return TwilioError.of('api', status, headers, await response.json().catch(() => null));
}

type Attempt = { readonly response: Response } | { readonly response?: never; readonly error: unknown };

async function settle(run: () => Promise<Response>): Promise<Attempt> {
  try {
    return { response: await run() };
  } catch (error) {
    return { error };
  }
}

/** A fetch whose first call brings what has happened already. */
function beginningWith(first: Attempt, fetch: UpstreamFetch): UpstreamFetch {
  let isFirst = true;
  return async (request) => {
    if (!isFirst) return fetch(request);
    isFirst = false;
    if (first.response) return first.response;
    // ky wraps a network error in its own, and retries on the one inside.
    throw isNetworkError(first.error) ? first.error.cause : first.error;
  };
}

/** One attempt. A timeout becomes the standard's sign of a network error, which is retried. */
async function fetchWithin(
  ms: number,
  fetch: UpstreamFetch,
  request: Parameters<UpstreamFetch>[0],
  signal: AbortSignal,
): Promise<Response> {
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal.reason);
  const timer = setTimeout(() => attempt.abort(new TypeError('fetch failed')), ms);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await fetch(request, { signal: attempt.signal });
  } catch (error) {
    if (signal.aborted || !attempt.signal.aborted) throw error;
    throw new TypeError('fetch failed', { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
