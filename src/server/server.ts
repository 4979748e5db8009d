import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import type { GatewayContext } from '../context.ts';
import type { Pages } from '../page/pages.ts';
import { createAnswerDirectly } from './direct/answer-directly.ts';
import { fromNode, fromRequest, isOrdinary, isOrdinaryRequest, readBody } from './direct/incoming.ts';
import { createKeptAnswers } from './direct/kept-answers.ts';
import { createKnownQueries } from './direct/known-queries.ts';
import { graphiqlOptions, renderGraphiql } from './graphiql.ts';
import type { HttpSettings } from './http/settings.ts';
import { createQueryCosts } from './limits/query-cost.ts';
import { type Rate, rateKeyOf } from './limits/rate.ts';
import type { LimitSettings } from './limits/settings.ts';
import { maskError } from './mask-error.ts';
import { type ContextParts, createOpenContext } from './open-context.ts';
import { loadOperations } from './operations.ts';
import { requestScopes } from './request-scope.ts';
import { useClosedSchema } from './use-closed-schema.ts';
import { useCompression } from './use-compression.ts';
import { useErrorCodes } from './use-error-codes.ts';
import { useGetParameters } from './use-get-parameters.ts';
import { useGraphiqlPolicy } from './use-graphiql-policy.ts';
import { useHealth } from './use-health.ts';
import { useJit } from './use-jit.ts';
import { type KeepContext, useKeptAnswers } from './use-kept-answers.ts';
import { useLocalHost } from './use-local-host.ts';
import { useMaxDepth } from './use-max-depth.ts';
import { useOneOperation } from './use-one-operation.ts';
import { usePages } from './use-pages.ts';
import { useQueryCost } from './use-query-cost.ts';
import { useQueryLimits } from './use-query-limits.ts';
import { useRequestLog } from './use-request-log.ts';
import { useStaleMarks } from './use-stale-marks.ts';
import { useTrustedDocuments } from './use-trusted-documents.ts';

export interface ServerOptions extends ContextParts {
  schema: GraphQLSchema;
  callers: Callers;
  pages: Pages;
  maxDepth: number;
  requestTimeoutMs: number;
  limits: LimitSettings;
  http: HttpSettings;
  rate: Rate;
  /** How much may be kept of answers that may be given again; 0 keeps none. */
  keptBytes: number;
}

/** Given by node:http; absent in-process. */
interface ServerContext extends KeepContext {
  req: IncomingMessage;
}

/** Serves the schema at /graphql, with GraphiQL, /health and /ready. */
export function createServer(options: ServerOptions) {
  const { schema, store, callers, pages, log, requestTimeoutMs, scanBudget } = options;
  const { limits, http, rate } = options;
  const scopes = requestScopes(requestTimeoutMs);
  const openContext = createOpenContext({ ...options, maxCalls: limits.maxUpstreamCalls });
  const costs = createQueryCosts({ schema, scanBudget, ...limits });
  const known = createKnownQueries();
  const kept = createKeptAnswers(options.keptBytes, store.onChange);
  const answerDirectly = createAnswerDirectly({
    schema,
    callers,
    rate,
    openContext,
    costs,
    known,
    kept,
    log,
    requestTimeoutMs,
    compressFromBytes: http.compressFromBytes,
  });
  let draining = false;

  const yoga = createYoga<Partial<ServerContext>, GatewayContext>({
    schema,
    context: async ({ request, req }) => {
      const origin = req?.socket.remoteAddress ?? null;
      const identity = await callers.identify(request.headers.get('authorization'), origin);
      await rate.take(rateKeyOf(identity));
      return openContext(identity, request.headers.get('x-twilio-credential') || null, scopes.of(request));
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
      useQueryCost(costs),
      useStaleMarks(scopes),
      useJit(known),
      useKeptAnswers(kept, scopes),
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

  async function handleOrdinary(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    // The client went away.
    if (text === null) return;
    const answer = await answerDirectly(fromNode(request, response, text));
    if ('keepAs' in answer) {
      // Where the adapter looks for a body that somebody else has read.
      await yoga(Object.assign(request, { body: text }), response, answer);
      return;
    }
    const { status, headers, body } = answer;
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }

  return {
    /** For node:http's createServer. */
    handle(request: IncomingMessage, response: ServerResponse): void {
      void (isOrdinary(request) ? handleOrdinary(request, response) : yoga(request, response));
    },
    /** Answers in-process, as over HTTP. */
    async fetch(request: Request): Promise<Response> {
      if (!isOrdinaryRequest(request)) return yoga.fetch(request);
      const text = await request.text();
      const answer = await answerDirectly(fromRequest(request, text));
      if ('keepAs' in answer) {
        const { url, method, headers, signal } = request;
        return yoga.fetch(new Request(url, { method, headers, signal, body: text }), answer);
      }
      const { status, headers, body } = answer;
      return new Response(body, { status, headers });
    },
    drain() {
      draining = true;
    },
    close: kept.close,
  };
}
