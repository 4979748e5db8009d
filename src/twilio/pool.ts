import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import type { UpstreamFetch } from '../auth/oauth.ts';
import { TwilioResponseError } from '../twilio-error.ts';
import { CompleteResponse, toHeaders } from './complete-response.ts';
import { exchange } from './exchange.ts';
import { responseLimits } from './response-limits.ts';
import { createTurns, type Turns } from './turns.ts';

export interface UpstreamPool {
  readonly fetch: UpstreamFetch;
  /** Waits for running requests, but not for long, then closes every connection. */
  close(): Promise<void>;
}

/** For what nobody could abort, such as a request for a token that any read may wait for. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Keeps connections to Twilio open and offers them as a `fetch`. The body is read whole before the Response
 * is given out, so that a connection that breaks in mid-body is one failed attempt, to be retried as such.
 * Redirects are not followed: nothing an answer says changes which host is called.
 */
export function createUpstreamPool(options: { timeoutMs: number; turns?: Turns }): UpstreamPool {
  const { turns = createTurns() } = options;
  const agent = new Agent({
    keepAliveTimeout: 30_000,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
  });

  return {
    async fetch(input, init = {}) {
      const request = input instanceof Request ? input : new Request(input, init);
      const signal = init.signal ?? request.signal;
      try {
        const url = new URL(request.url);
        const {
          status,
          text,
          headers: fields,
        } = await exchange(
          agent,
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method as 'GET',
            // Compressed, a body of a few KiB could hold any number of MiB.
            headers: { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' },
            body: request.body ? await request.text() : null,
          },
          signal,
          turns,
          responseLimits(request.url).bytes,
        );
        if (status === 200) return new CompleteResponse(status, text, fields) as unknown as Response;
        return new Response(text || null, { status, headers: toHeaders(fields) });
      } catch (error) {
        if (signal.aborted || request.signal.aborted || error instanceof TwilioResponseError) throw error;
        // The standard's sign of a network error; ky retries on exactly this.
        throw new TypeError('fetch failed', { cause: error });
      }
    },
    // What is left then ends by its own timeout; destroying a closing agent would end nothing.
    close: () => Promise.race([agent.close(), setTimeout(CLOSE_WITHIN_MS, undefined, { ref: false })]),
  };
}
