import { type Admin, createAdmin } from './admin/admin.ts';
import type { DocumentRules } from './admin/documents.ts';
import { createAuthorizationCode } from './auth/authorization-code.ts';
import { type CredentialSessions, createCredentialSessions } from './auth/credential-sessions.ts';
import { createTokenRequest } from './auth/oauth.ts';
import { createRefreshedTokens } from './auth/refreshed-tokens.ts';
import type { Config, TwilioUrls } from './config/config.ts';
import type { HistoryStore } from './history/history-store.ts';
import type { Logger } from './log.ts';
import type { GatewayStore } from './store/store.ts';
import { SILENT, type Telemetry } from './telemetry/telemetry.ts';
import { createUpstreamObserver, TOKEN_ENDPOINT, type UpstreamObserver } from './telemetry/upstream.ts';
import type { SessionsOptions } from './twilio/session.ts';
import { createDispatch } from './twilio/transport/dispatch.ts';
import type { Schedule, UpstreamFetch } from './twilio/types.ts';

export type AdminSettings = Pick<Config, 'requestTimeoutMs' | 'retentionDays' | 'upstreamTimeoutMs'> &
  Partial<Pick<Config, 'cache' | 'resilience'>>;

export interface OpenAdminOptions {
  readonly config: AdminSettings;
  readonly urls: TwilioUrls;
  readonly store: GatewayStore;
  /** The copies of message histories. @default none */
  readonly history?: HistoryStore | undefined;
  readonly log: Logger;
  /** The check of documents to be published, and those that are not in the store. */
  readonly documents: () => Promise<DocumentRules>;
  /** Sends the upstream requests. @default a pool of kept-alive connections */
  readonly fetch?: UpstreamFetch | undefined;
  /** See {@link SessionsOptions.onLimiter}. */
  readonly onLimiter?: SessionsOptions['onLimiter'];
  /** Schedules the processing of a response from Twilio. @default immediately */
  readonly schedule?: Schedule | undefined;
  /** @default nothing is counted */
  readonly telemetry?: Telemetry | undefined;
  /** @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The sessions with Twilio, and the actions of an administrator. */
export interface OpenAdmin {
  readonly sessions: CredentialSessions;
  readonly admin: Admin;
  /** Whether Twilio responded to the last calls. */
  readonly upstreamState: UpstreamObserver['state'];
  /** Waits for running token refreshes, then closes the connections to Twilio. */
  close(): Promise<void>;
}

/** Opens the part that the gateway and the command line share: sessions with Twilio and the admin actions. */
export function openAdmin(options: OpenAdminOptions): OpenAdmin {
  const { config, urls, store, log, now, telemetry = SILENT } = options;
  const timeoutMs = config.upstreamTimeoutMs;
  const pool = options.fetch
    ? { fetch: options.fetch, close: async () => {} }
    : createDispatch({ timeoutMs, schedule: options.schedule });
  const { fetch } = pool;
  const observer = createUpstreamObserver(telemetry);
  const oauth = { oauthUrl: urls.oauthUrl, fetch: observeTokenRequests(fetch, observer), timeoutMs };
  const refreshed = createRefreshedTokens({ ...oauth, store });
  const sessions = createCredentialSessions({
    store,
    log,
    apiUrl: urls.apiUrl,
    fetch,
    schedule: options.schedule,
    requestToken: createTokenRequest(oauth),
    refreshToken: refreshed.request,
    upstreamTimeoutMs: timeoutMs,
    requestTimeoutMs: config.requestTimeoutMs,
    retentionDays: config.retentionDays,
    cache: { fresh: config.cache, stale: config.resilience?.stale },
    circuit: config.resilience?.circuit,
    onLimiter: options.onLimiter,
    observer,
    telemetry,
  });
  const admin = createAdmin({
    store,
    sessions,
    history: options.history,
    authorization: createAuthorizationCode(oauth),
    log,
    documents: options.documents,
    timeoutMs: config.requestTimeoutMs,
    ...(now ? { now } : {}),
  });
  return {
    sessions,
    admin,
    upstreamState: observer.state,
    async close() {
      await refreshed.close();
      sessions.close();
      await pool.close();
    },
  };
}

/** Reports each token request to the observer. */
function observeTokenRequests(fetch: UpstreamFetch, observer: UpstreamObserver): UpstreamFetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!url.pathname.endsWith(TOKEN_ENDPOINT.template)) return fetch(input, init);
    const end = observer.begin(TOKEN_ENDPOINT, url.host);
    try {
      const response = await fetch(input, init);
      end(response.status, response);
      return response;
    } catch (error) {
      end('no_answer');
      throw error;
    }
  };
}
