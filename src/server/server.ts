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
import { graphiqlOptions, renderGraphiql } from './graphiql.ts';
import type { HttpSettings } from './http/settings.ts';
import { createQueryCosts } from './limits/query-cost.ts';
import type { Rate } from './limits/rate.ts';
import type { LimitSettings } from './limits/settings.ts';
import { maskError } from './mask-error.ts';
import { loadOperations } from './operations.ts';
import { requestScopes } from './request-scope.ts';
import { useClosedSchema } from './use-closed-schema.ts';
import { useCompression } from './use-compression.ts';
import { useErrorCodes } from './use-error-codes.ts';
import { useGetParameters } from './use-get-parameters.ts';
import { useGraphiqlPolicy } from './use-graphiql-policy.ts';
import { useHealth } from './use-health.ts';
import { useJit } from './use-jit.ts';
import { useLocalHost } from './use-local-host.ts';
import { useMaxDepth } from './use-max-depth.ts';
import { useOneOperation } from './use-one-operation.ts';
import { usePages } from './use-pages.ts';
import { useQueryCost } from './use-query-cost.ts';
import { useQueryLimits } from './use-query-limits.ts';
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
  scanBudget: number;
  maxDepth: number;
  requestTimeoutMs: number;
  limits: LimitSettings;
  http: HttpSettings;
  rate: Rate;
}

/** Given by node:http; absent in-process. */
interface ServerContext {
  req: IncomingMessage;
}

/** Serves the schema at /graphql, with GraphiQL, /health and /ready. */
export function createServer(options: ServerOptions) {
  const { schema, store, access, callers, management, pages, log, now, scanBudget } = options;
  const { limits, http, rate } = options;
  const scopes = requestScopes(options.requestTimeoutMs);
  let draining = false;

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
      await rate.take(name);
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
          maxCalls: limits.maxUpstreamCalls,
          now,
          savePermissions,
        }),
        scope,
        management,
      };
    },
    plugins: [
      useRequestLog(log, scopes),
      useLocalHost(callers),
      useHealth({ isReady: () => !draining, graphiql: http.graphiql }),
      usePages(pages),
      useGetParameters(),
      useOneOperation(),
      useTrustedDocuments(loadOperations(), { only: http.trustedDocumentsOnly }),
      useMaxDepth(options.maxDepth),
      useQueryLimits(limits),
      useClosedSchema(http),
      useErrorCodes(),
      useQueryCost(createQueryCosts({ schema, scanBudget, ...limits })),
      useJit(),
      useGraphiqlPolicy(),
      useCompression(http.compressFromBytes),
    ],
    extraParamNames: ['documentId'],
    graphiql: http.graphiql && graphiqlOptions,
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
    // The guard has counted it.
    maxRequestBodySize: false,
    multipart: false,
    // useHealth answers; yoga's own matches any URL that ends alike.
    healthCheckEndpoint: '\0',
  });

  return {
    handle: yoga,
    fetch: yoga.fetch,
    drain() {
      draining = true;
    },
  };
}
