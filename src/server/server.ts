import type { IncomingMessage } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import type { GatewayContext } from '../context.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Access } from '../loaders/access.ts';
import { createCredentialContexts } from '../loaders/credential-contexts.ts';
import type { PermissionCheck } from '../loaders/permissions.ts';
import type { Logger } from '../log.ts';
import type { Management } from '../management/management.ts';
import type { Pages } from '../page/pages.ts';
import type { ComponentState, Telemetry } from '../telemetry/telemetry.ts';
import { graphiqlOptions, renderGraphiql } from './graphiql.ts';
import { createHealth } from './health.ts';
import { maskError } from './mask-error.ts';
import { loadOperations } from './operations.ts';
import { createRequestEnd } from './request-end.ts';
import { requestScopes } from './request-scope.ts';
import { traceFields } from './trace-fields.ts';
import { useErrorCodes } from './use-error-codes.ts';
import { useHealth } from './use-health.ts';
import { useJit } from './use-jit.ts';
import { useLocalHost } from './use-local-host.ts';
import { useMaxDepth } from './use-max-depth.ts';
import { useMetrics } from './use-metrics.ts';
import { usePages } from './use-pages.ts';
import { useRequestLog } from './use-request-log.ts';
import { useTrustedDocuments } from './use-trusted-documents.ts';

export interface ServerOptions {
  schema: GraphQLSchema;
  store: GatewayStore;
  access: Access;
  callers: Callers;
  management: Management;
  pages: Pages;
  log: Logger;
  now: () => number;
  telemetry: Telemetry;
  /** Whether /metrics is answered here, to an ADMIN; false where they have a port of their own. */
  metricsHere: boolean;
  upstreamState: () => ComponentState;
  scanBudget: number;
  maxDepth: number;
  requestTimeoutMs: number;
}

/** Given by node:http; absent in-process. */
interface ServerContext {
  req: IncomingMessage;
}

/** Serves the schema at /graphql, with GraphiQL, /health and /ready. */
export function createServer(options: ServerOptions) {
  const { schema, store, access, callers, management, pages, log, now, scanBudget, telemetry } = options;
  const scopes = requestScopes(options.requestTimeoutMs, telemetry.tracing);
  const operations = loadOperations();
  const requestEnded = createRequestEnd({ log, telemetry, operations: new Set(operations.keys()) });
  if (telemetry.tracing) traceFields(schema);
  const health = createHealth({
    pingStore: store.ping,
    wantToken: () => wantToken(store, access),
    token: access.tokenState,
    upstream: options.upstreamState,
  });
  telemetry.watch({ credentials: async () => access.states(), components: health.components });

  const savePermissions = async (id: string, checks: readonly PermissionCheck[]): Promise<void> => {
    await store.savePermissions(id, checks).catch((error) => {
      log.warn({ err: error }, 'what a credential may do could not be written down');
    });
  };

  const yoga = createYoga<Partial<ServerContext>, GatewayContext>({
    schema,
    context: async ({ request, req }) => {
      const origin = req?.socket.remoteAddress ?? null;
      const { name, role, mayUse } = await callers.identify(request.headers.get('authorization'), origin);
      const credentials = (await store.list()).filter(mayUse);
      const nickname = request.headers.get('x-twilio-credential') || null;
      const scope = scopes.of(request);
      return {
        caller: { name, role, origin, credentials },
        contexts: createCredentialContexts({
          credentials,
          nickname,
          accessOf: access.of,
          scope,
          scanBudget,
          now,
          savePermissions,
        }),
        scope,
        management,
      };
    },
    plugins: [
      useRequestLog(requestEnded, scopes),
      useLocalHost(callers),
      useHealth(health),
      ...(options.metricsHere ? [useMetrics(telemetry, callers)] : []),
      usePages(pages),
      useTrustedDocuments(operations),
      useMaxDepth(options.maxDepth),
      useErrorCodes(),
      useJit(),
    ],
    extraParamNames: ['documentId'],
    graphiql: graphiqlOptions,
    renderGraphiQL: renderGraphiql,
    maskedErrors: { maskError },
    logging: {
      debug: () => {},
      info: () => {},
      warn: (...args) => log.warn(args.join(' ')),
      error: (error) => log.error({ err: error }, 'unexpected error'),
    },
    landingPage: false,
    cors: false,
    multipart: false,
    // useHealth answers; yoga's own matches any URL that ends alike.
    healthCheckEndpoint: '\0',
  });

  return {
    handle: yoga,
    fetch: yoga.fetch,
    health,
  };
}

/** A token of the first credential that gets one without using anything up. */
async function wantToken(store: GatewayStore, access: Access): Promise<void> {
  const first = (await store.list()).find(({ kind }) => kind === 'client_credentials');
  if (first) await access.of(first).token();
}
