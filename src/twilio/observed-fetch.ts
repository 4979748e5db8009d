import type { UpstreamFetch } from '../auth/oauth.ts';
import { endpointOf } from '../telemetry/endpoint.ts';
import type { ComponentState, Telemetry, UpstreamEnd } from '../telemetry/telemetry.ts';
import { requestIdOf } from '../twilio-error.ts';

/** A fetch that tells of every attempt, and remembers how the last one went. */
export interface ObservedFetch {
  readonly fetch: UpstreamFetch;
  /** Whether Twilio answers: `down` after a 5xx or no answer. What is a minute old says nothing any more. */
  state(): ComponentState;
}

const REMEMBER_MS = 60_000;

export function observeFetch(fetch: UpstreamFetch, telemetry: Telemetry): ObservedFetch {
  const { tracing } = telemetry;
  let isUp = true;
  let at = Number.NEGATIVE_INFINITY;

  return {
    async fetch(input, init) {
      const url = input instanceof Request ? input.url : String(input);
      const endpoint = endpointOf(url);
      if (!endpoint) return fetch(input, init);
      const span = tracing?.upstream(endpoint, new URL(url).host);
      const startedAt = performance.now();
      const end = (code: UpstreamEnd['code'], requestId: string | null) => {
        telemetry.upstreamEnded({ endpoint, code, milliseconds: performance.now() - startedAt });
        span?.end(code, requestId);
        // The token endpoint is another host, and has a state of its own.
        if (code === 'aborted' || endpoint === 'token') return;
        isUp = typeof code === 'number' && code < 500;
        at = Date.now();
      };
      try {
        const response = await fetch(input, init);
        // Only a span wants the header; reading it makes all of them.
        end(response.status, span ? requestIdOf(response.headers) : null);
        return response;
      } catch (error) {
        end(isGivenUp(init?.signal) ? 'aborted' : 'no_answer', null);
        throw error;
      }
    },
    state() {
      if (Date.now() - at > REMEMBER_MS) return { state: 'unknown' };
      return { state: isUp ? 'up' : 'down', at };
    },
  };
}

/** Nobody waits any more; a timeout of the attempt, which is a TypeError, is Twilio's doing. */
function isGivenUp(signal: AbortSignal | null | undefined): boolean {
  return signal?.aborted === true && !(signal.reason instanceof TypeError);
}
