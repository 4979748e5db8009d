import { createAuthorizationCode } from './auth/authorization-code.ts';
import { createTokenRequest } from './auth/oauth.ts';
import { createRefreshedTokens } from './auth/refreshed-tokens.ts';
import type { GatewayOptions } from './gateway.ts';
import { type Access, createAccess } from './loaders/access.ts';
import { createManagement, type Management } from './management/management.ts';
import { SILENT } from './telemetry/telemetry.ts';
import { type ObservedFetch, observeFetch } from './twilio/observed-fetch.ts';
import { createUpstreamPool } from './twilio/pool.ts';
import { createTurns, type Turns } from './twilio/turns.ts';

export type ManagementSettings = Pick<
  GatewayOptions['config'],
  'cache' | 'faults' | 'requestTimeoutMs' | 'retentionDays' | 'upstreamTimeoutMs'
>;

/** The way to Twilio, and what an administrator does with it. */
export interface OpenManagement {
  readonly access: Access;
  readonly management: Management;
  /** Whether Twilio answers, as last seen. */
  readonly upstreamState: ObservedFetch['state'];
  /** In which requests and Twilio's answers have the processor. */
  readonly turns: Turns;
  /** Lets token refreshes end, then closes the connections to Twilio. */
  close(): Promise<void>;
}

/** What the gateway and the command line have in common: both check and keep credentials alike. */
export function openManagement(
  options: Omit<GatewayOptions, 'config'> & { config: ManagementSettings },
): OpenManagement {
  const { config, urls, store, log, now, telemetry = SILENT } = options;
  const timeoutMs = config.upstreamTimeoutMs;
  const turns = createTurns();
  const pool = options.fetch
    ? { fetch: options.fetch, close: async () => {} }
    : createUpstreamPool({ timeoutMs, turns });
  const { fetch, state: upstreamState } = observeFetch(pool.fetch, telemetry);
  const oauth = { oauthUrl: urls.oauthUrl, fetch, timeoutMs };
  const refreshed = createRefreshedTokens({ ...oauth, store });
  const access = createAccess({
    store,
    log,
    apiUrl: urls.apiUrl,
    fetch,
    requestToken: createTokenRequest(oauth),
    refreshToken: refreshed.request,
    upstreamTimeoutMs: timeoutMs,
    requestTimeoutMs: config.requestTimeoutMs,
    retentionDays: config.retentionDays,
    cache: config.cache,
    faults: config.faults,
    telemetry,
  });
  const management = createManagement({
    store,
    access,
    authorization: createAuthorizationCode(oauth),
    log,
    timeoutMs: config.requestTimeoutMs,
    ...(now ? { now } : {}),
  });
  return {
    access,
    management,
    upstreamState,
    turns,
    async close() {
      await refreshed.close();
      access.close();
      await pool.close();
    },
  };
}
