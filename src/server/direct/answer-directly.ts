import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import { isLoopback } from '../../config.ts';
import type { Logger } from '../../log.ts';
import type { Tracing } from '../../telemetry/telemetry.ts';
import { executeCompiled, hasGoodVariables } from '../execute-compiled.ts';
import type { QueryCosts } from '../limits/query-cost.ts';
import type { Rate } from '../limits/rate.ts';
import type { OpenContext } from '../open-context.ts';
import type { RequestEnd } from '../request-end.ts';
import { asksForFresh, beginScope, type RequestScope } from '../request-scope.ts';
import { staleMark } from '../use-stale-marks.ts';
import { type FinishedErrors, finishErrors } from './finish-errors.ts';
import type { Incoming } from './incoming.ts';
import type { KeptAnswer, KeptAnswers } from './kept-answers.ts';
import type { KnownQueries, KnownQuery } from './known-queries.ts';
import { type Params, parseParams } from './params.ts';

export interface DirectParts {
  schema: GraphQLSchema;
  callers: Callers;
  rate: Rate;
  costs: QueryCosts;
  openContext: OpenContext;
  known: KnownQueries;
  kept: KeptAnswers;
  log: Logger;
  requestEnded: RequestEnd;
  tracing: Tracing | undefined;
  requestTimeoutMs: number;
}

export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where it was kept. */
  readonly body: string | Buffer<ArrayBuffer>;
}

/** Not answered here. Yoga's answer may be kept under this name, if it may be kept. */
export interface LeftToYoga {
  readonly keepAs: string | null;
}

/**
 * Answers queries that are asked again and again, without the Request, the Response and the plugins that
 * yoga puts around each of them: those cost more than the answer itself. It takes on a request only if all
 * of it is as ever: its form, its caller, a query yoga has checked and compiled before, good variables, a cost
 * within the limits. Nearly all that is to be refused is left to yoga, so that it is refused in one place.
 */
export type AnswerDirectly = (incoming: Incoming) => Promise<DirectAnswer | LeftToYoga>;

const LEFT: LeftToYoga = { keepAs: null };

/** What is answered: an earlier answer, or a known query. */
type Found = { readonly earlier: KeptAnswer } | { readonly query: KnownQuery; readonly params: Params };

export function createAnswerDirectly(parts: DirectParts): AnswerDirectly {
  const { schema, callers, rate, costs, openContext, known, kept, log, requestTimeoutMs } = parts;

  return async (incoming) => {
    const type = answerType(incoming.header('accept'));
    if (!type || incoming.header('x-query-cost') !== null) return LEFT;
    const identity = await identify(incoming);
    if (!identity) return LEFT;
    const credential = incoming.header('x-twilio-credential');
    const keepAs = [identity.id, credential ?? '', incoming.text].join('\n');
    const found = find(incoming, keepAs);
    if (!found) return { keepAs };

    const { scope, hangUp, end } = beginScope(requestTimeoutMs, incoming.header, parts.tracing);
    const unwatch = incoming.watch(hangUp);
    const answer = await answerFound(found, identity, credential, scope, keepAs).catch((error: unknown) =>
      refusal(error, scope),
    );
    end();
    unwatch();
    const { status } = answer;
    parts.requestEnded({
      scope,
      method: 'POST',
      path: '/graphql',
      status,
      credential,
      kept: 'earlier' in found,
    });
    return { ...answer, headers: { 'content-type': type, 'x-request-id': scope.id, ...answer.headers } };
  };

  /** Null where the request is to be refused. */
  async function identify(incoming: Incoming): Promise<Identity | null> {
    try {
      const host = URL.parse(`http://${incoming.header('host') ?? 'localhost'}`)?.hostname ?? '';
      if (!isLoopback(host) && (await callers.isOpen())) return null;
      return await callers.identify(incoming.header('authorization'), incoming.origin);
    } catch {
      return null;
    }
  }

  function find(incoming: Incoming, keepAs: string): Found | undefined {
    const earlier = asksForFresh(incoming.header('cache-control')) ? undefined : kept.get(keepAs);
    if (earlier) return { earlier };
    const params = parseParams(incoming.text);
    const query = params && known.get(params.query, params.operationName);
    if (!query || !hasGoodVariables(schema, query.operation, params.variables)) return undefined;
    const refused = costs.refuse(query.document, params.operationName, params.variables);
    return refused ? undefined : { query, params };
  }

  async function answerFound(
    found: Found,
    identity: Identity,
    credential: string | null,
    scope: RequestScope,
    keepAs: string,
  ): Promise<DirectAnswer> {
    await rate.take(identity);
    scope.executed = true;
    if ('earlier' in found) {
      scope.operations.push(...found.earlier.operations);
      return { status: 200, headers: {}, body: found.earlier.body };
    }
    const { query, params } = found;
    const { name } = query.operation;
    if (name) scope.operations.push(name.value);
    scope.cost = costs.costOf(query.document, params.operationName, params.variables);
    const context = await openContext(identity, credential || null, scope);
    const result = await executeCompiled(query, undefined, context, params.variables);
    const stale = staleMark(scope);
    if (!stale && !result.errors) {
      const text = JSON.stringify(result);
      if (query.keepable && scope.keepUntil) {
        const times = { since: scope.startedAt, until: scope.keepUntil };
        kept.offer(keepAs, text, scope.operations, times);
      }
      return { status: 200, headers: {}, body: text };
    }
    const finished = result.errors ? finishErrors(result.errors, log, scope.errorCodes) : undefined;
    const { errors, status, headers }: Partial<FinishedErrors> = finished ?? {};
    const extensions = stale && { stale };
    return {
      status: status ?? 200,
      headers: { ...headers, ...(stale ? { age: String(stale.age) } : {}) },
      // What is undefined is not written.
      body: JSON.stringify({ errors, data: result.data, extensions }),
    };
  }

  function refusal(error: unknown, scope: RequestScope): DirectAnswer {
    const raw =
      error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
    const { errors, ...rest } = finishErrors([raw], log, scope.errorCodes, { withoutData: true });
    return { ...rest, body: JSON.stringify({ errors }) };
  }
}

/** Null for what a browser, a stream reader or an unusual client accepts: yoga weighs that. */
function answerType(accept: string | null): string | null {
  if (accept === null || accept === '*/*' || accept === 'application/json') {
    return 'application/json; charset=utf-8';
  }
  if (accept === 'application/graphql-response+json') return `${accept}; charset=utf-8`;
  return null;
}
