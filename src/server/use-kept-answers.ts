import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { LeftToYoga } from './direct/answer-directly.ts';
import type { IsKeepable } from './direct/keepable.ts';
import type { KeptAnswers } from './direct/kept-answers.ts';
import type { RequestScopes } from './request-scope.ts';

/** Keeps what yoga answers, so that the next request for the same needs neither yoga nor Twilio. */
export function useKeptAnswers(
  kept: KeptAnswers,
  isKeepable: IsKeepable,
  scopes: RequestScopes,
): Plugin<Partial<LeftToYoga>> {
  return {
    onExecute({ args }) {
      const { document, operationName, contextValue } = args;
      const operation = getOperationAST(document, operationName);
      if (!operation || !contextValue.keepAs) return;
      scopes.of(contextValue.request).keepable = isKeepable(document, operation);
    },
    onResultProcess({ request, result, serverContext }) {
      const scope = scopes.of(request);
      const { keepable, startedAt } = scope;
      const { expiresAt: keepUntil } = scope.reads;
      const { keepAs } = serverContext as Partial<LeftToYoga>;
      if (!keepAs || !keepable || !keepUntil || Array.isArray(result) || !('data' in result) || result.errors)
        return;
      const times = { since: startedAt, until: keepUntil };
      kept.offer(keepAs, JSON.stringify(result), scope, times);
    },
  };
}
