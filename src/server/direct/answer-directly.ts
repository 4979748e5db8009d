import { GraphQLError, type GraphQLSchema, getVariableValues } from 'graphql';
import type { Identity } from '../../auth/caller.ts';
import type { Callers } from '../../auth/callers.ts';
import { isLoopback } from '../../config.ts';
import type { Logger } from '../../log.ts';
import { executeCompiled } from '../execute-compiled.ts';
import { logRequest } from '../log-request.ts';
import type { QueryCosts } from '../limits/query-cost.ts';
import { type Rate, rateKeyOf } from '../limits/rate.ts';
import type { OpenContext } from '../open-context.ts';
import { asksForFresh, beginScope } from '../request-scope.ts';
import { staleMark } from '../use-stale-marks.ts';
import { finishErrors } from './finish-errors.ts';
import type { Incoming } from './incoming.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { KnownQueries, KnownQuery } from './known-queries.ts';
import { type Params, parseParams } from './params.ts';

export interface DirectParts {
  schema: GraphQLSchema;
  callers: Callers;
  rate: Rate;
  openContext: OpenContext;
  costs: QueryCosts;
  known: KnownQueries;
  kept: KeptAnswers;
  log: Logger;
  requestTimeoutMs: number;
  /** From which size answers are compressed; 0 never. */
  compressFromBytes: number;
}

export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Not answered here. Yoga's answer may be kept under this name, if it may be kept. */
export interface LeftToYoga {
  readonly keepAs: string | null;
}

/**
 * Answers queries that are asked again and again, without the Request, the Response and the plugins that
 * yoga puts around each of them: those cost more than the answer itself. It takes on a request only if all
 * of it is as ever: its form, its caller, a query yoga has checked and compiled before, good variables.
 * Whatever needs a refusal is yoga's, so that there is one place where requests are refused.
 */
export type AnswerDirectly = (incoming: Incoming) => Promise<DirectAnswer | LeftToYoga>;

const LEFT: LeftToYoga = { keepAs: null };

export function createAnswerDirectly(parts: DirectParts): AnswerDirectly {
  const { schema, callers, openContext, known, kept, log, requestTimeoutMs } = parts;

  return async (incoming) => {
    const type = answerType(incoming.header('accept'));
    if (!type) return LEFT;
    const identity = await identify(incoming);
    if (!identity) return LEFT;
    const keepAs = [identity.id, incoming.header('x-twilio-credential') ?? '', incoming.text].join('\n');
    const headers = {
      requestId: incoming.header('x-request-id'),
      cacheControl: incoming.header('cache-control'),
    };

    const earlier = asksForFresh(headers.cacheControl) ? undefined : kept.get(keepAs);
    const params = earlier ? null : parseParams(incoming.text);
    const query = params && known.get(params.query, params.operationName);
    if (!earlier && !(query && hasGoodVariables(query, params.variables))) return { keepAs };

    const running = beginScope(requestTimeoutMs, headers);
    const { scope } = running;
    const unwatch = incoming.watch(running.hangUp);
    const finish = (
      status: number,
      body: string,
      more: Readonly<Record<string, string>> = {},
    ): DirectAnswer => {
      logRequest(log, scope, {
        method: 'POST',
        path: '/graphql',
        status,
        credential: incoming.header('x-twilio-credential'),
        kept: earlier !== undefined,
      });
      return { status, body, headers: { 'content-type': type, 'x-request-id': scope.id, ...more } };
    };
    try {
      if (earlier) {
        scope.operations.push(...earlier.operations);
        return finish(200, earlier.body);
      }
      const { operation, keepable } = query as KnownQuery;
      if (operation.name) scope.operations.push(operation.name.value);
      const context = await openContext(identity, incoming.header('x-twilio-credential') || null, scope);
      const result = await executeCompiled(query as KnownQuery, undefined, context, params?.variables);
      const stale = staleMark(scope);
      const extensions = stale && { extensions: { stale } };
      const age = stale && { age: String(stale.age) };
      if (result.errors) {
        const { errors, status, headers } = finishErrors(result.errors, log, scope.errorCodes);
        return finish(status, JSON.stringify({ errors, data: result.data, ...extensions }), {
          ...headers,
          ...age,
        });
      }
      const body = JSON.stringify(extensions ? { ...result, ...extensions } : result);
      if (keepable && !stale) kept.keep(keepAs, { body, operations: scope.operations }, scope.keepUntil ?? 0);
      return finish(200, body, age);
    } catch (error) {
      const raw =
        error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error });
      const { errors, status, headers } = finishErrors([raw], log, scope.errorCodes, { withoutData: true });
      return finish(status, JSON.stringify({ errors }), headers);
    } finally {
      running.end();
      unwatch();
    }
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

  function hasGoodVariables({ operation }: KnownQuery, variables: Params['variables']): boolean {
    const definitions = operation.variableDefinitions ?? [];
    return definitions.length === 0 || getVariableValues(schema, definitions, variables).errors === undefined;
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
