import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type DocumentNode, getOperationAST } from 'graphql';
import { createCallers } from './auth/callers.ts';
import type { CredentialSessions } from './auth/credential-sessions.ts';
import {
  createJwtVerifier,
  type JwtVerifierOptions,
  type OidcSettings,
  type VerifyJwt,
} from './auth/oidc.ts';
import { createVerifiedTokens } from './auth/verified-tokens.ts';
import type { Config, TwilioUrls } from './config/config.ts';
import { DEFAULT_HTTP, DEFAULT_LIMITS } from './config/limits.ts';
import { isLoopback } from './config/setting.ts';
import type { GatewayStore } from './credentials/store.ts';
import { createEngine } from './graphql/engine.ts';
import { traceFields } from './graphql/trace-fields.ts';
import { createTrustedDocuments, loadOperations } from './graphql/trusted-documents.ts';
import { createAdmission } from './http/admission/admission.ts';
import { createConnectionLimit } from './http/admission/connection-limit.ts';
import { createPushback } from './http/admission/pushback.ts';
import { createScheduler } from './http/admission/scheduler.ts';
import { createHttpApp, overloadResponse } from './http/app.ts';
import type { ClientError } from './http/client-errors.ts';
import { createHealth } from './http/health.ts';
import { createLoggable } from './http/loggable.ts';
import { createMonitor } from './http/monitor.ts';
import { createRateLimiter } from './http/rate-limiter.ts';
import { createResponseCache } from './http/response-cache.ts';
import { createThrottledLogger } from './http/throttled-logger.ts';
import type { Logger } from './log.ts';
import { openManagement } from './open-management.ts';
import { createPages } from './page/pages.ts';
import { schema } from './schema/index.ts';
import { SILENT, type Telemetry } from './telemetry/telemetry.ts';
import type { CacheSettings } from './twilio/transport/response-cache.ts';
import type { UpstreamFetch } from './twilio/types.ts';

/** The settings that concern the gateway itself, not where it listens and what it opens. */
export type GatewaySettings = Pick<
  Config,
  'scanBudget' | 'retentionDays' | 'maxDepth' | 'requestTimeoutMs' | 'upstreamTimeoutMs'
> &
  Partial<
    Pick<
      Config,
      | 'adminKey'
      | 'cache'
      | 'database'
      | 'encryptionKeys'
      | 'resilience'
      | 'http'
      | 'limits'
      | 'oidc'
      | 'publicUrl'
      | 'observability'
    >
  > & {
    /** Where it will be reached; only on loopback may it do without keys. @default not loopback */
    host?: string;
  };

export interface GatewayOptions {
  config: GatewaySettings;
  urls: TwilioUrls;
  store: GatewayStore;
  log: Logger;
  /** Sends the upstream requests. @default a pool of kept-alive connections */
  fetch?: UpstreamFetch;
  /** Told what goes on. @default nothing is counted */
  telemetry?: Telemetry;
  /** @default Date.now */
  now?: () => number;
}

export interface Gateway {
  /** For node:http's createServer. Limits and policies of HTTP itself hold here. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Answers in-process, as over HTTP, to a caller who is trusted with what it sends. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Adds the limits on connections to the server. */
  attach(server: Server): void;
  /** Counts and logs what was answered on a connection without ever becoming a request. */
  clientRefused(error: ClientError): void;
  /** Answers /metrics, /health and /ready without a key, for a port of their own. */
  monitor(request: IncomingMessage, response: ServerResponse): void;
  /** Says at /ready that no more requests are wanted. */
  drain(): void;
  /** Closes what the gateway opened; not the store and the log, which were handed in. */
  close(): Promise<void>;
}

/**
 * Puts the parts together.
 *
 * @example
 * const gateway = createGateway({ config, urls, store, log });
 * createServer(gateway.handle).listen(4000);
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { config, urls, store, log, now = Date.now, telemetry = SILENT } = options;
  const { limits = DEFAULT_LIMITS, http = DEFAULT_HTTP } = config;
  const cache = splitCache(config.cache);

  // Twilio, and what an administrator does with it
  const scheduler = createScheduler();
  const { sessions, management, upstreamState, close } = openManagement({
    ...options,
    config: { ...config, ...cache.reads },
    schedule: (work, flow = '') => scheduler.resume(flow, work),
  });

  // Principals
  const callers = createCallers({
    store,
    log,
    now,
    adminKey: config.adminKey,
    verifyJwt: config.oidc && verifierOf(config.oidc, { log, now: options.now }),
    loopbackOnly: isLoopback(config.host ?? ''),
  });
  const rateLimiter = createRateLimiter({
    perMinute: limits.ratePerMinute,
    databaseUrl: config.database?.url,
    log,
  });

  // GraphQL
  if (telemetry.tracing) traceFields(schema);
  const trustedDocuments = loadOperations();
  const engine = createEngine({
    ...config,
    schema,
    store,
    sessions,
    management,
    limits,
    log,
    now,
    telemetry,
    maxCalls: limits.maxUpstreamCalls,
    introspection: http.introspection,
    resolveDocument: createTrustedDocuments(trustedDocuments, { only: http.trustedDocumentsOnly }),
  });
  const responseCache = createResponseCache(cache.responseBytes, store.onChange);

  // HTTP
  const health = createHealth({
    pingStore: store.ping,
    wantToken: () => wantToken(store, sessions),
    token: sessions.tokenState,
    upstream: upstreamState,
  });
  telemetry.watch({ credentials: async () => sessions.states(), components: health.components });
  const { oauthUrl } = urls;
  const { graphiql } = http;
  const pages = createPages({
    ...config,
    store,
    management,
    callers,
    log,
    now,
    oauthUrl,
    graphiql,
    telemetry,
  });
  const loggable = createLoggable({ adminKey: config.adminKey, isPage: pages.serves });
  // Behind a proxy clients share addresses: to slow down one would slow down others.
  const pushback = limits.maxConnectionsPerAddress > 0 ? createPushback() : undefined;
  const connectionLimit = createConnectionLimit({ maxPerAddress: limits.maxConnectionsPerAddress, log });
  const admission = createAdmission({
    settings: {
      maxInFlight: limits.maxOpenRequests,
      maxUnauthenticated: limits.maxUnauthenticated,
      maxQueueDelayMs: limits.maxLateMs,
      alwaysAdmitted: limits.alwaysOpen,
      longestMs: config.requestTimeoutMs + 2 * limits.clientTimeoutMs,
    },
    scheduler,
    pushback,
    toResponse: overloadResponse,
    onRejected: () => telemetry.requestRefused('GATEWAY_OVERLOADED'),
    log,
  });
  const app = createHttpApp({
    admission,
    engine,
    responseCache,
    rateLimiter,
    callers,
    pages,
    health,
    limits,
    http,
    loggable,
    log,
    telemetry,
    requestTimeoutMs: config.requestTimeoutMs,
    publicUrl: config.publicUrl,
    servesMetrics: config.observability?.port === undefined,
    trustedNames: namesOf(trustedDocuments.values()),
  });
  const clientErrors = createThrottledLogger(log, 'no request: a connection was rejected');

  return {
    handle: app.handle,
    fetch: async (input, init) => app.fetch(new Request(input, init)),
    attach(server) {
      connectionLimit.attach(server);
      server.on('connection', (socket) => {
        scheduler.connected();
        pushback?.connected(socket);
      });
    },
    clientRefused({ code, ...rest }) {
      telemetry.requestRefused(code);
      clientErrors.write({ ...rest, errors: [code] });
    },
    monitor: createMonitor(health, telemetry),
    drain: health.drain,
    async close() {
      admission.close();
      app.close();
      connectionLimit.close();
      clientErrors.close();
      responseCache.close();
      await rateLimiter.close();
      await callers.close();
      await close();
    },
  };
}

/** A quarter of the cache is for whole responses, the rest for what they are made of. */
function splitCache(cache: CacheSettings | undefined) {
  if (!cache) return { reads: {}, responseBytes: 0 };
  const responseBytes = Math.floor(cache.maxBytes / 4);
  return { reads: { cache: { ...cache, maxBytes: cache.maxBytes - responseBytes } }, responseBytes };
}

/** Verifies a JWT once; until it expires, the same token costs a hash and a lookup. */
function verifierOf(oidc: OidcSettings, options: JwtVerifierOptions): VerifyJwt {
  const verify = createJwtVerifier(oidc, { ...options, onKeysFetched: () => verified.clear() });
  const verified = createVerifiedTokens({ verify, now: options.now });
  return verified.verify;
}

function namesOf(documents: Iterable<DocumentNode>): ReadonlySet<string> {
  return new Set([...documents].flatMap((document) => getOperationAST(document)?.name?.value ?? []));
}

/** Gets a token for the first credential that needs no refresh token, to see whether Twilio grants one. */
async function wantToken(store: GatewayStore, sessions: CredentialSessions): Promise<void> {
  const first = (await store.list()).find(({ kind }) => kind === 'client_credentials');
  if (first) await sessions.of(first).token();
}
