import { Agent } from 'undici';
import type { UpstreamFetch } from '../auth/oauth.ts';
import { CompleteResponse } from './complete-response.ts';
import { exchange } from './exchange.ts';

export interface UpstreamPool {
  readonly fetch: UpstreamFetch;
  /** Waits for running requests, then closes every connection. */
  close(): Promise<void>;
}

/** A page of 1,000 messages is about 2 MB; anything near this is not Twilio's API. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/**
 * Keeps connections to Twilio open and offers them as a `fetch`. The body is read whole before the Response
 * is given out, so that a connection that breaks in mid-body is one failed attempt, to be retried as such.
 * Redirects are not followed: nothing an answer says changes which host is called.
 */
export function createUpstreamPool(options: { timeoutMs: number }): UpstreamPool {
  const agent = new Agent({
    keepAliveTimeout: 30_000,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });

  return {
    async fetch(input, init = {}) {
      const request = input instanceof Request ? input : new Request(input, init);
      const signal = init.signal ?? request.signal;
      try {
        const url = new URL(request.url);
        const answer = await exchange(
          agent,
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method as 'GET',
            headers: Object.fromEntries(request.headers),
            body: request.body ? await request.text() : null,
          },
          signal,
        );
        const { status, text } = answer;
        const headers = () => new Headers(Object.entries(answer.headers).map(toHeader));
        if (status === 200) return new CompleteResponse(status, text, headers) as unknown as Response;
        return new Response(text || null, { status, headers: headers() });
      } catch (error) {
        if (signal.aborted || request.signal.aborted) throw error;
        // The standard's sign of a network error; ky retries on exactly this.
        throw new TypeError('fetch failed', { cause: error });
      }
    },
    close: () => agent.close(),
  };
}

function toHeader([name, value]: [string, string | string[] | undefined]): [string, string] {
  return [name, String(value)];
}
