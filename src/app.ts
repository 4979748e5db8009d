import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createReadAudit, NO_READ_AUDIT } from './admin/read-audit.ts';
import { createCallers } from './auth/callers.ts';
import type { CredentialSessions } from './auth/credential-sessions.ts';
import { createJwtVerifier, type JwtVerifierOptions, type OidcSettings } from './auth/oidc.ts';
import { createVerifiedTokens } from './auth/verified-tokens.ts';
import type { Config, TwilioUrls } from './config/config.ts';
import { DEFAULT_HTTP, DEFAULT_LIMITS } from './config/limits.ts';
import { isLoopback } from './config/setting.ts';
import { createDocumentCatalogue } from './graphql/document-catalogue.ts';
import { createDocumentCheck } from './graphql/document-check.ts';
import { createEngine } from './graphql/engine.ts';
import { traceFields } from './graphql/trace-fields.ts';
import { createTrustedDocuments, shippedDocuments } from './graphql/trusted-documents.ts';
import type { HistoryStore } from './history/history-store.ts';
import { createSharedClock } from './history/shared-clock.ts';
import { createAdmission } from './http/admission/admission.ts';
import { createConnectionLimit } from './http/admission/connection-limit.ts';
import { createPushback } from './http/admission/pushback.ts';
import { createScheduler } from './http/admission/scheduler.ts';
import { createHttpApp, overloadResponse } from './http/app.ts';
import { readConsole } from './http/console-files.ts';
import { createHealth } from './http/health.ts';
import type { ClientError } from './http/listen.ts';
import { createMonitor } from './http/monitor.ts';
import { createRateLimiter } from './http/rate-limiter.ts';
import { createLoggable } from './http/request-log.ts';
import { createResponseCache } from './http/response-cache.ts';
import { createMediaRoute } from './http/routes/media.ts';
import { createThrottledLogger } from './http/throttled-logger.ts';
import type { Logger } from './log.ts';
import { openAdmin } from './open-admin.ts';
import { openGatewaySync } from './open-sync.ts';
import { createDataMasks } from './policy/data-mask.ts';
import { createSealedText } from './policy/sealed-text.ts';
import { schema } from './schema/index.ts';
import { createIdentityProvider } from './sign-in/identity-provider.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { createCallSlots } from './store/call-slots.ts';
import type { GatewayStore } from './store/store.ts';
import { SILENT, type Telemetry } from './telemetry/telemetry.ts';
import { createMediaFiles } from './twilio/media-file.ts';
import { endpointLabels } from './twilio/resource.ts';
import type { CacheSettings } from './twilio/transport/response-cache.ts';
import type { UpstreamFetch } from './twilio/types.ts';

/** The settings of the gateway itself, without those for listening and opening the store. */
export type GatewaySettings = Pick<
  Config,
  'scanBudget' | 'retentionDays' | 'maxDepth' | 'requestTimeoutMs' | 'upstreamTimeoutMs'
> &
  Partial<
    Pick<
      Config,
      | 'adminKey'
      | 'auditReads'
      | 'cache'
      | 'database'
      | 'documents'
      | 'encryptionKeys'
      | 'resilience'
      | 'http'
      | 'limits'
      | 'oidc'
      | 'publicUrl'
      | 'signIn'
      | 'observability'
      | 'twilio'
    >
  > & {
    /** The address to listen on; keys are optional only on loopback. @default not loopback */
    host?: string;
  };

export interface GatewayOptions {
  config: GatewaySettings;
  urls: TwilioUrls;
  store: GatewayStore;
  /** The copy of the message history. @default none */
  history?: HistoryStore | undefined;
  /** Whether this gateway fills the history from Twilio. @default false */
  syncsHistory?: boolean | undefined;
  log: Logger;
  /** The folder of the built console; null serves none. @default the one of this package */
  console?: string | null | undefined;
  /** Sends the upstream requests. @default a pool of kept-alive connections */
  fetch?: UpstreamFetch;
  /** @default nothing is counted */
  telemetry?: Telemetry;
  /** @default Date.now */
  now?: () => number;
}

export interface Gateway {
  /** The request listener for node:http's createServer; applies all HTTP limits and policies. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Handles a request in-process, as over HTTP, without the HTTP limits: for trusted callers. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Adds the limits on connections to the server. */
  attach(server: Server): void;
  /** Counts and logs an error that node:http found before there was a request. */
  clientRejected(error: ClientError): void;
  /** The request listener for a separate monitoring port: /metrics, /health and /ready, without a key. */
  monitor(request: IncomingMessage, response: ServerResponse): void;
  /** Makes /ready fail, so that load balancers stop sending requests. */
  drain(): void;
  /** Closes what the gateway opened, but not the store, the history and the log, which the caller passed in. */
  close(): Promise<void>;
}

/**
 * Creates a gateway from its parts.
 *
 * @example
 * const gateway = createGateway({ config, urls, store, log });
 * createServer(gateway.handle).listen(4000);
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { config, urls, store, log, now = Date.now, telemetry = SILENT } = options;
  const { limits = DEFAULT_LIMITS, http = DEFAULT_HTTP } = config;
  const cache = splitCache(config.cache);
  // Null where the settings name no account, absent where a program leaves it out.
  const isSandbox = !config.twilio;

  // Trusted documents
  const shipped = shippedDocuments();
  const check = createDocumentCheck(schema, config);
  const consoleBuild = options.console === null ? null : readConsole(options.console);
  const documents = createDocumentCatalogue({
    shipped,
    console: consoleBuild?.documents,
    path: config.documents,
    check,
    limits,
    store,
    log,
  });

  // Twilio and the admin actions
  const scheduler = createScheduler();
  const callSlots = config.database?.url
    ? createCallSlots({ databaseUrl: config.database.url, log })
    : undefined;
  const { sessions, admin, upstreamState, close } = openAdmin({
    ...options,
    config: { ...config, ...cache.reads },
    documents: async () => ({ check, fixed: documents.fixed }),
    schedule: (work, flow = '') => scheduler.resume(flow, work),
    onLimiter: callSlots?.follow,
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

  const { history } = options;
  const historyClock = history && createSharedClock(history, now);
  const historySync =
    history && historyClock && options.syncsHistory
      ? openGatewaySync({ history, store, sessions, log, telemetry, clock: historyClock })
      : undefined;

  // GraphQL
  if (telemetry.tracing) traceFields(schema);
  const sealedLinks = createSealedText(config.encryptionKeys ?? [], 'media link');
  const engine = createEngine({
    ...config,
    sealed: createSealedText(config.encryptionKeys ?? [], 'thread'),
    sealedLinks,
    maskOf: createDataMasks(config.encryptionKeys ?? []),
    schema,
    store,
    history,
    historyNow: historyClock?.now,
    isSandbox,
    sessions,
    admin,
    limits,
    log,
    now,
    telemetry,
    maxCalls: limits.maxUpstreamCalls,
    introspection: http.introspection,
    resolveDocument: createTrustedDocuments({
      documents,
      shippedNames: shipped.map(({ name }) => name),
      only: http.trustedDocumentsOnly,
    }),
  });
  const responseCache = createResponseCache(cache.responseBytes, (clear) => {
    const stops = [store.onChange(clear), documents.onChange(clear)];
    return () => stops.forEach((stop) => void stop());
  });

  // HTTP
  const health = createHealth({
    pingStore: store.ping,
    wantToken: () => requestAnyToken(store, sessions),
    token: sessions.tokenState,
    upstream: upstreamState,
  });
  telemetry.watch({
    endpoints: endpointLabels(),
    operations: documents.names,
    credentials: async () => sessions.states(),
    components: health.components,
    ...(historySync && { copies: historySync.copies }),
  });
  const signIn = createSignIn({
    ...config,
    store,
    consent: admin.consent,
    callers,
    log,
    now,
    telemetry,
    provider:
      config.oidc && config.signIn && createIdentityProvider(config.oidc, config.signIn, { log, now }),
  });
  const loggable = createLoggable({ adminKey: config.adminKey, isPage: signIn.serves });
  // Behind a proxy clients share addresses: to slow down one would slow down others.
  const pushback = limits.maxConnectionsPerAddress > 0 ? createPushback() : undefined;
  const connectionLimit = createConnectionLimit({ maxPerAddress: limits.maxConnectionsPerAddress, log });
  const admission = createAdmission({
    settings: { ...limits, longestMs: config.requestTimeoutMs + 2 * limits.clientTimeoutMs },
    scheduler,
    pushback,
    toResponse: overloadResponse,
    onRejected: () => telemetry.requestRejected('GATEWAY_OVERLOADED'),
    log,
  });
  const mediaFiles = createMediaFiles({ apiUrl: urls.apiUrl, timeoutMs: config.upstreamTimeoutMs });
  const media = createMediaRoute({
    sealedLinks,
    store,
    files: mediaFiles,
    tokenOf: (credential) => sessions.of(credential).token(),
    maxBytes: limits.maxMediaBytes,
    log,
    now,
  });
  const readAudit = config.auditReads ? createReadAudit({ store, log, now }) : NO_READ_AUDIT;
  const app = createHttpApp({
    admission,
    readAudit,
    now,
    media,
    engine,
    responseCache,
    rateLimiter,
    callers,
    signIn,
    health,
    consoleBuild,
    limits,
    http,
    loggable,
    log,
    telemetry,
    requestTimeoutMs: config.requestTimeoutMs,
    publicUrl: config.publicUrl,
    servesMetrics: config.observability?.port === undefined,
    trustedNames: documents.names,
  });
  const clientErrors = createThrottledLogger(log, 'connection rejected before a request');

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
    clientRejected({ code, ...rest }) {
      telemetry.requestRejected(code);
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
      documents.close();
      await historySync?.close();
      await rateLimiter.close();
      await callers.close();
      await readAudit.close();
      await mediaFiles.close();
      await callSlots?.close();
      await close();
    },
  };
}

/** Splits the cache: a quarter for responses of the gateway, the rest for responses of Twilio. */
function splitCache(cache: CacheSettings | undefined) {
  if (!cache) return { reads: {}, responseBytes: 0 };
  const responseBytes = Math.floor(cache.maxBytes / 4);
  return { reads: { cache: { ...cache, maxBytes: cache.maxBytes - responseBytes } }, responseBytes };
}

/** Creates a JWT verifier with a cache of verified tokens, which is cleared when the issuer's keys are fetched. */
function verifierOf(oidc: OidcSettings, options: JwtVerifierOptions) {
  const verify = createJwtVerifier(oidc, { ...options, onKeysFetched: () => verified.clear() });
  const verified = createVerifiedTokens({ verify, now: options.now });
  return verified.verify;
}

/** Requests a token for the first credential without a refresh token, to see whether Twilio grants one. */
async function requestAnyToken(store: GatewayStore, sessions: CredentialSessions): Promise<void> {
  const first = (await store.list()).find(({ kind }) => kind === 'client_credentials');
  if (first) await sessions.of(first).token();
}
