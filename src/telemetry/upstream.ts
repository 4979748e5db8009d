import { requestIdOf } from '../twilio-error.ts';
import type { ComponentState, EndpointLabel, Telemetry, UpstreamEnd } from './telemetry.ts';

export const TOKEN_ENDPOINT: EndpointLabel = { label: 'token', template: '/v2/token' };

/**
 * Ends the observation of an attempt.
 *
 * @param code the HTTP status, or why there is none
 * @param response for Twilio's request id
 */
export type EndAttempt = (code: UpstreamEnd['code'], response?: Pick<Response, 'headers'>) => void;

/** Told about every attempt of every call to Twilio. */
export interface UpstreamObserver {
  begin(endpoint: EndpointLabel, host: string): EndAttempt;
  /** Whether Twilio's API responds: `down` after a 5xx or no response. What is a minute old says nothing any more. */
  state(): ComponentState;
}

export const SILENT_UPSTREAM: UpstreamObserver = {
  begin: () => () => {},
  state: () => ({ state: 'unknown' }),
};

const REMEMBER_MS = 60_000;

/** Counts and traces attempts, and remembers how the last one went. */
export function createUpstreamObserver(telemetry: Telemetry): UpstreamObserver {
  const { tracing } = telemetry;
  let isUp = true;
  let at = Number.NEGATIVE_INFINITY;

  return {
    begin(endpoint, host) {
      const span = tracing?.upstream(endpoint, host);
      const startedAt = performance.now();
      return (code, response) => {
        const milliseconds = performance.now() - startedAt;
        telemetry.upstreamEnded({ endpoint: endpoint.label, code, milliseconds });
        // Only a span wants the header; reading it makes all of them.
        span?.end(code, response ? requestIdOf(response.headers) : null);
        // The token endpoint is on another host, and has a state of its own.
        if (code === 'aborted' || endpoint === TOKEN_ENDPOINT) return;
        isUp = typeof code === 'number' && code < 500;
        at = Date.now();
      };
    },
    state() {
      if (Date.now() - at > REMEMBER_MS) return { state: 'unknown' };
      return { state: isUp ? 'up' : 'down', at };
    },
  };
}
