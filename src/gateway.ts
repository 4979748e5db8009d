import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallers } from './auth/callers.ts';
import { createJwtVerifier } from './auth/oidc.ts';
import { type Config, isLoopback, type TwilioUrls } from './config.ts';
import type { GatewayStore } from './credentials/store.ts';
import type { Logger } from './log.ts';
import { openManagement } from './open-management.ts';
import { createPages } from './page/pages.ts';
import { schema } from './schema/index.ts';
import { createGuard } from './server/guard.ts';
import type { ClientError } from './server/http/client-errors.ts';
import { DEFAULT_HTTP } from './server/http/settings.ts';
import { createFewLines } from './server/limits/few-lines.ts';
import { createRate } from './server/limits/rate.ts';
import { DEFAULT_LIMITS } from './server/limits/settings.ts';
import { createLoggable } from './server/loggable.ts';
import { createMonitor } from './server/monitor.ts';
import { createServer } from './server/server.ts';
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
      | 'faults'
      | 'http'
      | 'limits'
      | 'oidc'
      | 'publicUrl'
      | 'watching'
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
  const { reads, answersBytes } = splitCache(config.cache);
  const { sessions, management, upstreamState, turns, close } = openManagement({
    ...options,
    config: { ...config, ...reads },
  });
  const callers = createCallers({
    store,
    log,
    now,
    adminKey: config.adminKey,
    verifyJwt: config.oidc && createJwtVerifier(config.oidc, { log, now: options.now }),
    loopbackOnly: isLoopback(config.host ?? ''),
  });
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
  const rate = createRate({ perMinute: limits.ratePerMinute, databaseUrl: config.database?.url, log });
  const isPage = pages.serves;
  const loggable = createLoggable({ adminKey: config.adminKey, isPage });
  const guard = createGuard({ ...config, limits, http, isPage, turns, log, loggable, telemetry });
  const clientLines = createFewLines(log, 'no request: a connection was refused');
  const server = createServer({
    schema,
    store,
    sessions,
    callers,
    management,
    pages,
    log,
    now,
    rate,
    telemetry,
    upstreamState,
    metricsHere: config.watching?.port === undefined,
    keptBytes: answersBytes,
    loggable,
    maxCalls: limits.maxUpstreamCalls,
    ...config,
    limits,
    http,
  });

  return {
    handle: guard.around(server.handle),
    fetch: async (input, init) => server.fetch(new Request(input, init)),
    clientRefused({ code, ...rest }) {
      telemetry.requestRefused(code);
      clientLines.write({ ...rest, errors: [code] });
    },
    monitor: createMonitor(server.health, telemetry),
    drain: server.health.drain,
    async close() {
      guard.close();
      clientLines.close();
      server.close();
      await rate.close();
      await callers.close();
      await close();
    },
  };
}

/** A quarter of what may be kept is for whole answers, the rest for what they are made of. */
function splitCache(cache: CacheSettings | undefined) {
  if (!cache) return { reads: {}, answersBytes: 0 };
  const answersBytes = Math.floor(cache.maxBytes / 4);
  return { reads: { cache: { ...cache, maxBytes: cache.maxBytes - answersBytes } }, answersBytes };
}
