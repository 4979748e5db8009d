import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import type { GatewayStore } from '../../credentials/store.ts';
import type { Logger } from '../../log.ts';
import type { Tracing } from '../../telemetry/telemetry.ts';
import { executeCompiled } from '../execute-compiled.ts';
import { variableError } from '../limits/check-variables.ts';
import type { Rate } from '../limits/counted-rate.ts';
import { checkInput } from '../limits/input-size.ts';
import type { QueryCost, QueryCosts } from '../limits/query-cost.ts';
import { limitSize } from '../limits/response-size.ts';
import type { LimitSettings } from '../limits/settings.ts';
import type { Loggable } from '../loggable.ts';
import type { OpenContext } from '../open-context.ts';
import type { RequestEnd } from '../request-end.ts';
import { asksForFresh, beginScope, type RequestScope } from '../request-scope.ts';
import { unknownVariable } from '../unknown-variable.ts';
import { withReported } from '../use-reported-errors.ts';
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
  store: Pick<GatewayStore, 'list'>;
  limits: LimitSettings;
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
type Found =
  | { readonly earlier: KeptAnswer }
  | { readonly query: KnownQuery; readonly params: Params; readonly cost: QueryCost | undefined };

export function createAnswerDirectly(parts: DirectParts): AnswerDirectly {
  const { schema, callers, store, limits, rate, costs, openContext, known, kept, log, requestTimeoutMs } =
    parts;

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
    const found = findEarlier(incoming, keepAs) ?? (await findQuery(incoming, identity));
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

  function findEarlier(incoming: Incoming, keepAs: string): Found | undefined {
    const earlier = asksForFresh(incoming.header('cache-control')) ? undefined : kept.get(keepAs);
    return earlier && { earlier };
  }

  async function findQuery({ text }: Incoming, { mayUse }: Identity): Promise<Found | undefined> {
    const params = parseParams(text);
    const query = params && known.get(params.query, params.operationName);
    if (!query || !isInputWithin(params) || variableError(schema, query.operation, params.variables)) {
      return undefined;
    }
    if (params.trusted && unknownVariable(query.operation, params.variables) !== undefined) return undefined;
    // A store that fails here fails again, and is reported, when the context is opened.
    const { length } = (await store.list().catch(() => [])).filter(mayUse);
    const judged = [query.document, params.operationName, params.variables, length] as const;
    return costs.refuse(...judged) ? undefined : { query, params, cost: costs.costOf(...judged) };
  }

  function isInputWithin({ variables }: Params): boolean {
    try {
      checkInput('variables', variables, limits);
      return true;
    } catch {
      return false;
    }
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
    scope.cost = found.cost;
    const context = await openContext(identity, credential || null, scope);
    const executed = await executeCompiled(query, undefined, context, params.variables);
    const result = limitSize(withReported(executed, context), limits.maxResponseBytes);
    const stale = staleMark(scope);
    if (!stale && !result.errors) {
      const text = JSON.stringify(result);
      if (query.keepable && scope.reads.expiresAt > 0) {
        const times = { since: scope.startedAt, until: scope.reads.expiresAt };
        kept.offer(keepAs, text, scope, times);
      }
      return { status: 200, headers: {}, body: text };
    }
    const hasData = result.data != null;
    const finished = result.errors && finishErrors(result.errors, log, scope.errorCodes, { hasData });
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
