import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import type { Logger } from '../../log.ts';
import type { Tracing } from '../../telemetry/telemetry.ts';
import { executeCompiled, hasGoodVariables } from '../execute-compiled.ts';
import type { QueryCosts } from '../limits/query-cost.ts';
import type { Rate } from '../limits/rate.ts';
import type { Loggable } from '../loggable.ts';
import type { OpenContext } from '../open-context.ts';
import type { RequestEnd } from '../request-end.ts';
import { asksForFresh, beginScope, type RequestScope } from '../request-scope.ts';
import { staleMark } from '../use-stale-marks.ts';
import { type FinishedErrors, finishErrors } from './finish-errors.ts';
import { type Identified, identify } from './identify.ts';
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
  loggable: Loggable;
}

export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where it was kept. */
  readonly body: string | Buffer<ArrayBuffer>;
}

/** Not answered here, and what is known of it so far. */
export interface LeftToYoga {
  /** When it had arrived whole, by `performance.now()`. */
  readonly arrivedAt: number;
  /** Absent where that was not looked at. */
  readonly identified?: Identified;
  /** The name to keep yoga's answer under, if it may be kept. */
  readonly keepAs?: string;
}

/**
 * Answers queries that are asked again and again, without the Request, the Response and the plugins that
 * yoga puts around each of them: those cost more than the answer itself. It takes on a request only if all
 * of it is as ever: its form, its caller, a query yoga has checked and compiled before, good variables, a cost
 * within the limits. Nearly all that is to be refused is left to yoga, so that it is refused in one place.
 */
export type AnswerDirectly = (incoming: Incoming) => Promise<DirectAnswer | LeftToYoga>;

/** What is answered: an earlier answer, or a known query. */
type Found = { readonly earlier: KeptAnswer } | { readonly query: KnownQuery; readonly params: Params };

export function createAnswerDirectly(parts: DirectParts): AnswerDirectly {
  const { schema, callers, rate, costs, openContext, known, kept, log, requestTimeoutMs } = parts;

  return async (incoming) => {
    const arrivedAt = performance.now();
    const type = answerType(incoming.header('accept'));
    if (!type || incoming.header('x-query-cost') !== null) return { arrivedAt };
    const identified = await identify(callers, incoming);
    if (!identified) return { arrivedAt };
    if ('refusal' in identified) return { arrivedAt, identified };
    const { identity } = identified;
    const credential = incoming.header('x-twilio-credential');
    const keepAs = [identity.id, credential ?? '', incoming.text].join('\n');
    const found = find(incoming, keepAs);
    if (!found) return { arrivedAt, identified, keepAs };

    const { tracing, loggable } = parts;
    const about = { timeoutMs: requestTimeoutMs, arrivedAt, tracing, loggable };
    const { scope, hangUp, end } = beginScope(incoming.header, about);
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
      kept: 'earlier' in found,
    });
    return { ...answer, headers: { 'content-type': type, 'x-request-id': scope.id, ...answer.headers } };
  };

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
      scope.cost = found.earlier.cost;
      scope.credential = found.earlier.credential;
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
        kept.offer(keepAs, text, scope, times);
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
