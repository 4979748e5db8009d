import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isKeepable } from './direct/keepable.ts';
import type { KeptAnswers } from './direct/kept-answers.ts';
import type { RequestScopes } from './request-scope.ts';

/** Given with a request that might have been answered with an earlier answer. */
export interface KeepContext {
  /** The name to keep its answer under. */
  keepAs?: string | null;
}

/** Keeps what yoga answers, so that the next request for the same needs neither yoga nor Twilio. */
export function useKeptAnswers(kept: KeptAnswers, scopes: RequestScopes): Plugin<KeepContext> {
  return {
    onExecute({ args }) {
      const { schema, document, operationName, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation || !contextValue.keepAs) return;
      scopes.of(contextValue.request).keepable = isKeepable(schema, document, operation);
    },
    onResultProcess({ request, result, serverContext }) {
      const { keepable, keepUntil, startedAt, operations } = scopes.of(request);
      const { keepAs } = serverContext as KeepContext;
      if (!keepAs || !keepable || !keepUntil || Array.isArray(result) || !('data' in result) || result.errors)
        return;
      const times = { since: startedAt, until: keepUntil };
      kept.offer(keepAs, JSON.stringify(result), operations, times);
    },
  };
}
