import type { IncomingMessage } from 'node:http';
import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { GatewayContext } from '../context.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Pages } from '../page/pages.ts';
import type { ComponentState, Telemetry } from '../telemetry/telemetry.ts';
import { createAnswerDirectly, type LeftToYoga } from './direct/answer-directly.ts';
import { aroundYoga } from './direct/around-yoga.ts';
import { createIsKeepable } from './direct/keepable.ts';
import { createKeptAnswers } from './direct/kept-answers.ts';
import { createKnownQueries } from './direct/known-queries.ts';
import { createHealth } from './health.ts';
import type { HttpSettings } from './http/settings.ts';
import { createIdentifyCaller } from './identify-caller.ts';
import type { Rate } from './limits/counted-rate.ts';
import { createQueryCosts } from './limits/query-cost.ts';
import type { LimitSettings } from './limits/settings.ts';
import type { Loggable } from './loggable.ts';
import { maskError } from './mask-error.ts';
import { maskHookFaults } from './mask-hook-faults.ts';
import { type ContextParts, createOpenContext } from './open-context.ts';
import { loadOperations } from './operations.ts';
import { createParsedDocuments } from './parsed-documents.ts';
import { createRequestEnd } from './request-end.ts';
import { requestScopes } from './request-scope.ts';
import { traceFields } from './trace-fields.ts';
import { useAcceptable } from './use-acceptable.ts';
import { useCaller } from './use-caller.ts';
import { useClosedSchema } from './use-closed-schema.ts';
import { useCompression } from './use-compression.ts';
import { useErrorCodes } from './use-error-codes.ts';
import { useGetParameters } from './use-get-parameters.ts';
import { useGraphiql } from './use-graphiql.ts';
import { useHealth } from './use-health.ts';
import { useInputLimits } from './use-input-limits.ts';
import { useJit } from './use-jit.ts';
import { useKeptAnswers } from './use-kept-answers.ts';
import { useKnownOperations } from './use-known-operations.ts';
import { useLocalHost } from './use-local-host.ts';
import { useMaxDepth } from './use-max-depth.ts';
import { useMetrics } from './use-metrics.ts';
import { useOneOperation } from './use-one-operation.ts';
import { usePages } from './use-pages.ts';
import { useQueryCost } from './use-query-cost.ts';
import { useQueryLimits } from './use-query-limits.ts';
import { useReportedErrors } from './use-reported-errors.ts';
import { useRequestLog } from './use-request-log.ts';
import { useResponseSize } from './use-response-size.ts';
import { useStaleMarks } from './use-stale-marks.ts';
import { useTrustedDocuments } from './use-trusted-documents.ts';
import { useUnknownPaths } from './use-unknown-paths.ts';

export interface ServerOptions extends ContextParts {
  schema: GraphQLSchema;
  callers: Callers;
  pages: Pages;
  telemetry: Telemetry;
  /** Whether /metrics is answered here, to an ADMIN; false where they have a port of their own. */
  metricsHere: boolean;
  upstreamState: () => ComponentState;
  maxDepth: number;
  requestTimeoutMs: number;
  limits: LimitSettings;
  http: HttpSettings;
  rate: Rate;
  /** How much may be kept of answers that may be given again; 0 keeps none. */
  keptBytes: number;
  loggable: Loggable;
}

/** Given by node:http; absent in-process. */
interface ServerContext extends LeftToYoga {
  req: IncomingMessage;
}

/** Serves the schema at /graphql, with GraphiQL, /health, /ready and /metrics. */
export function createServer(options: ServerOptions) {
  const { schema, store, sessions, callers, pages, log, telemetry, limits, http, rate } = options;
  const { requestTimeoutMs, loggable } = options;
  const { tracing } = telemetry;
  if (tracing) traceFields(schema);
  const scopes = requestScopes(requestTimeoutMs, tracing, loggable);
  const operations = loadOperations();
  const requestEnded = createRequestEnd({
    log,
    telemetry,
    operations: namesOf(operations.values()),
    loggable,
  });
  const health = createHealth({
    pingStore: store.ping,
    wantToken: () => wantToken(store, sessions),
    token: sessions.tokenState,
    upstream: options.upstreamState,
  });
  telemetry.watch({ credentials: async () => sessions.states(), components: health.components });
  const openContext = createOpenContext(options);
  const identify = createIdentifyCaller(callers, telemetry, log);
  const asking = useCaller(identify, rate);
  const costs = createQueryCosts({ schema, scanBudget: options.scanBudget, ...limits });
  const known = createKnownQueries();
  const isKeepable = createIsKeepable(schema);
  const kept = createKeptAnswers(options.keptBytes, store.onChange);

  const yoga = createYoga<Partial<ServerContext>, GatewayContext>({
    schema,
    context: async ({ request }) => {
      const nickname = request.headers.get('x-twilio-credential') || null;
      return openContext(asking.of(request), nickname, scopes.of(request));
    },
    plugins: [
      useRequestLog(requestEnded, scopes),
      useLocalHost(callers, telemetry, scopes),
      useHealth(health, http),
      ...(options.metricsHere ? [useMetrics(telemetry, identify)] : []),
      usePages(pages),
      ...(http.graphiql ? [useGraphiql({ ...http, ...limits }, telemetry, scopes)] : []),
      useUnknownPaths(telemetry, scopes),
      useAcceptable(scopes),
      useGetParameters(),
      useOneOperation(),
      asking.plugin,
      useInputLimits(schema, limits),
      useTrustedDocuments(operations, { only: http.trustedDocumentsOnly }),
      useKnownOperations(),
      useMaxDepth(options.maxDepth),
      useQueryLimits(limits),
      useClosedSchema(http),
      useErrorCodes(),
      useQueryCost(costs, scopes),
      useReportedErrors(),
      useResponseSize(limits.maxResponseBytes),
      useStaleMarks(scopes),
      useJit(known, isKeepable),
      useKeptAnswers(kept, isKeepable, scopes),
      useCompression(http.compressFromBytes),
    ].map((plugin) => maskHookFaults(plugin, log)),
    parserAndValidationCache: createParsedDocuments(),
    extraParamNames: ['documentId'],
    // useGraphiql serves it.
    graphiql: false,
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

  const parts = {
    schema,
    store,
    callers,
    limits,
    rate,
    costs,
    openContext,
    known,
    kept,
    log,
    requestEnded,
    tracing,
    loggable,
  };
  const answerDirectly = createAnswerDirectly({ ...parts, requestTimeoutMs });
  return {
    ...aroundYoga(yoga, answerDirectly, { compressFromBytes: http.compressFromBytes, log }),
    health,
    close: kept.close,
  };
}

function namesOf(documents: Iterable<DocumentNode>): ReadonlySet<string> {
  return new Set([...documents].flatMap((document) => getOperationAST(document)?.name?.value ?? []));
}

/** A token of the first credential that gets one without using anything up. */
async function wantToken(store: GatewayStore, sessions: CredentialSessions): Promise<void> {
  const first = (await store.list()).find(({ kind }) => kind === 'client_credentials');
  if (first) await sessions.of(first).token();
}
