import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallers } from './auth/callers.ts';
import type { UpstreamFetch } from './auth/oauth.ts';
import { createJwtVerifier } from './auth/oidc.ts';
import { type Config, isLoopback, type TwilioUrls } from './config.ts';
import type { GatewayStore } from './credentials/store.ts';
import type { Logger } from './log.ts';
import { openManagement } from './open-management.ts';
import { createPages } from './page/pages.ts';
import { schema } from './schema/index.ts';
import { createMonitor } from './server/monitor.ts';
import { createServer } from './server/server.ts';
import { SILENT, type Telemetry } from './telemetry/telemetry.ts';

/** The settings that concern the gateway itself, not where it listens and what it opens. */
export type GatewaySettings = Pick<
  Config,
  'scanBudget' | 'retentionDays' | 'maxDepth' | 'requestTimeoutMs' | 'upstreamTimeoutMs'
> &
  Partial<Pick<Config, 'adminKey' | 'cache' | 'oidc' | 'encryptionKeys' | 'publicUrl' | 'watching'>> & {
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
  /** For node:http's createServer. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Answers in-process, as over HTTP. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
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
  const { access, management, upstreamState, close } = openManagement(options);
  const callers = createCallers({
    store,
    log,
    now,
    adminKey: config.adminKey,
    verifyJwt: config.oidc && createJwtVerifier(config.oidc),
    loopbackOnly: isLoopback(config.host ?? ''),
  });
  const { oauthUrl } = urls;
  const pages = createPages({ store, management, callers, log, now, oauthUrl, ...config });
  const server = createServer({
    schema,
    store,
    access,
    callers,
    management,
    pages,
    log,
    now,
    telemetry,
    upstreamState,
    metricsHere: config.watching?.port === undefined,
    ...config,
  });

  return {
    handle: server.handle,
    fetch: async (input, init) => server.fetch(new Request(input, init)),
    monitor: createMonitor(server.health, telemetry),
    drain: server.health.drain,
    async close() {
      await callers.close();
      await close();
    },
  };
}
