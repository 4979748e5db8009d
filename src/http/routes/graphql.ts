import type { ExecutionResult } from 'graphql';
import { usageKeyOf } from '../../auth/caller.ts';
import type { HttpSettings, LimitSettings } from '../../config/limits.ts';
import { gatewayError } from '../../errors/gateway-error.ts';
import type { Engine, Execution } from '../../graphql/engine.ts';
import { finishErrors } from '../../graphql/finish-errors.ts';
import { staleMark } from '../../loaders/read-summary.ts';
import type { Logger } from '../../log.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { requirePrincipal } from '../authenticate.ts';
import { readBody } from '../body.ts';
import { compress } from '../compress.ts';
import type { Exchange } from '../exchange.ts';
import { chooseType, paramsOfBody, paramsOfUrl } from '../graphql-over-http.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import type { Loggable } from '../request-log.ts';
import { beginScope, parseCacheControl } from '../request-scope.ts';
import { errorResponse, type PlainResponse } from '../respond.ts';
import type { ResponseCache } from '../response-cache.ts';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlRouteOptions {
  readonly engine: Engine;
  readonly responseCache: ResponseCache;
  readonly rateLimiter: RateLimiter;
  readonly limits: LimitSettings;
  readonly http: HttpSettings;
  readonly requestTimeoutMs: number;
  /** Where clients reach the gateway, if not by the Host they name. */
  readonly publicUrl?: URL | undefined;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly loggable: Loggable;
}

/** Serves GraphQL over HTTP: the steps from the rate limit to the response, in their order. */
export function createGraphqlRoute(options: GraphqlRouteOptions) {
  const { engine, responseCache, rateLimiter, limits, http, log, loggable, telemetry } = options;

  return async (exchange: Exchange): Promise<Response> => {
    exchange.trace = telemetry.tracing?.request(
      // Others' part of a trace goes on to the collector.
      (name) => (name === 'tracestate' ? loggable.text(exchange.header(name)) : exchange.header(name)),
      exchange.requestId,
    );
    const principal = requirePrincipal(exchange, telemetry, log);
    await rateLimiter.take(principal);
    const isPost = exchange.method === 'POST';
    if (!isPost && exchange.method !== 'GET') throw gatewayError('BAD_REQUEST', 'method');
    const type = chooseType(exchange.header('accept'));
    if (!type) throw gatewayError('NOT_ACCEPTABLE');

    const body = isPost ? await readBody(exchange, limits.maxBodyBytes) : exchange.request.url;
    await exchange.start();

    const nickname = exchange.header('x-twilio-credential') || null;
    const wantsCost = exchange.header('x-query-cost') !== null;
    // Where GraphiQL is off, nothing that a browser was made to send runs but what was checked before.
    const trustedOnly = exchange.isSession && !http.graphiql;
    const cacheKey = wantsCost
      ? undefined
      : [principal.id, trustedOnly, exchange.host, nickname ?? '', exchange.method, body].join('\n');
    const { noCache } = parseCacheControl(exchange.header('cache-control'));
    const cached = cacheKey === undefined || noCache ? undefined : responseCache.get(cacheKey);
    if (cached) {
      exchange.operations.push(...cached.operations);
      exchange.cost = cached.cost;
      exchange.credential = cached.credential;
      exchange.accesses = cached.accesses;
      exchange.isCached = exchange.isExecuted = true;
      return send(exchange, { status: 200, headers: {}, body: cached.body }, type);
    }

    const params = isPost ? paramsOfBody(body) : paramsOfUrl(body);
    const { scope, end } = beginScope(exchange, options.requestTimeoutMs, usageKeyOf(principal));
    const origin = options.publicUrl?.origin ?? `http://${exchange.host}`;
    const execution: Execution = { principal, nickname, scope, origin, trustedOnly };
    const result = await engine.execute(params, exchange.request, execution);
    end();
    note(exchange, execution);

    const response = responseOf(result, execution, { type, wantsCost });
    for (const code of response.codes) exchange.errorCodes.add(code);
    const { expiresAt } = scope.reads;
    if (cacheKey !== undefined && response.isCacheable && expiresAt > 0) {
      const times = { since: exchange.arrivedAt, expiresAt };
      responseCache.offer(cacheKey, response.body, exchange, times);
    }
    return send(exchange, response, type);
  };

  /** Copies what the log and the metrics need from the execution. */
  function note(
    exchange: Exchange,
    { prepared, cost, credential, isExecuted = false, scope }: Execution,
  ): void {
    const name = prepared?.operation.name?.value;
    if (name) exchange.operations.push(name);
    exchange.cost = cost;
    exchange.credential = credential;
    exchange.isExecuted = isExecuted;
    exchange.upstreamCalls = scope.reads.calls;
    exchange.accesses = scope.reads.accesses;
  }

  function responseOf(
    result: ExecutionResult,
    { prepared, cost, scope }: Execution,
    { type, wantsCost }: { type: string; wantsCost: boolean },
  ): PlainResponse & { body: Buffer<ArrayBuffer>; codes: readonly string[]; isCacheable: boolean } {
    const hasData = result.data != null;
    const errors = result.errors?.length
      ? finishErrors(result.errors, { hasData, suggestions: http.suggestions, log })
      : [];
    const codes = errors.map(({ formatted }) => String(formatted.extensions?.code));
    const isStrict = type !== 'application/json';
    if (!('data' in result)) {
      const { status, headers, body } = errorResponse(errors, { isStrict });
      return { status, headers, body: Buffer.from(body), codes, isCacheable: false };
    }
    const stale = staleMark(scope.reads);
    const extensions = {
      ...result.extensions,
      ...(stale && { stale }),
      ...(wantsCost && cost && { cost: { ...cost, upstreamCalls: scope.reads.calls } }),
    };
    // The text never leaves this function: two bytes a character would live until the next full garbage collection.
    const json = JSON.stringify({
      ...(errors.length > 0 && { errors: errors.map(({ formatted }) => formatted) }),
      data: result.data,
      ...((stale || wantsCost || result.extensions) && { extensions }),
    });
    const headers: Record<string, string> = stale ? { age: String(stale.age) } : {};
    const isCacheable = errors.length === 0 && !stale && prepared?.isCacheable === true;
    return { status: 200, headers, body: Buffer.from(json), codes, isCacheable };
  }

  async function send(exchange: Exchange, response: PlainResponse, type: string): Promise<Response> {
    const headers = { ...response.headers, 'content-type': `${type}; charset=utf-8` };
    const { body } = response;
    const encoded =
      body !== null && (await compress(body, exchange.header('accept-encoding'), http.compressFromBytes));
    if (!encoded) return exchange.respond({ ...response, headers });
    return exchange.respond({
      ...response,
      headers: { ...headers, 'content-encoding': encoded.encoding, vary: 'accept-encoding, origin' },
      body: encoded.body,
    });
  }
}
