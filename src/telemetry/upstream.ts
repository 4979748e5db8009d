import type { ComponentState, EndpointLabel, Telemetry, UpstreamEnd } from './telemetry.ts';

export const TOKEN_ENDPOINT: EndpointLabel = { label: 'token', template: '/v2/token' };

/**
 * Ends the observation of an attempt.
 *
 * @param code the HTTP status, or the reason for its absence
 * @param response for Twilio's request id
 */
export type EndAttempt = (code: UpstreamEnd['code'], response?: Pick<Response, 'headers'>) => void;

/** Observes every attempt of every call to Twilio. */
export interface UpstreamObserver {
  begin(endpoint: EndpointLabel, host: string): EndAttempt;
  /** Whether Twilio's API responds: `down` after a 5xx or no response, `unknown` after a minute without calls. */
  state(): ComponentState;
}

export const SILENT_UPSTREAM: UpstreamObserver = {
  begin: () => () => {},
  state: () => ({ state: 'unknown' }),
};

const REMEMBER_MS = 60_000;

/** Counts and traces attempts, and records the state after the last one. */
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
        // Reads the header only for a span, because reading one parses all of them.
        span?.end(code, response ? requestIdOf(response.headers) : null);
        // The token endpoint is on another host and has its own state.
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

/** Reads Twilio's request id; null unless it is well-formed. */
export function requestIdOf(headers: Headers): string | null {
  return /^RQ[0-9a-fA-F]{32}$/.exec(headers.get('twilio-request-id') ?? '')?.[0] ?? null;
}
