import type { Plugin } from 'graphql-yoga';
import type { OperationScope, StaleRead } from '../loaders/read-summary.ts';
import type { RequestScopes } from './request-scope.ts';

/** Says in `extensions.stale` and in the header `Age` that, and how old, parts of an answer are. */
export function useStaleMarks(scopes: RequestScopes): Plugin {
  return {
    onResultProcess({ request, result, setResult }) {
      const stale = staleMark(scopes.of(request));
      if (!stale || Array.isArray(result) || !('data' in result)) return;
      const http = { headers: { age: String(stale.age) } };
      setResult({ ...result, extensions: { ...result.extensions, stale, http } });
    },
  };
}

/** What `extensions.stale` says: the greatest age, in seconds, and what was read. Undefined for a new answer. */
export function staleMark({
  reads: { stale },
}: OperationScope): { age: number; reads: readonly StaleRead[] } | undefined {
  if (!stale) return undefined;
  return { age: Math.max(...stale.map(({ age }) => age)), reads: stale };
}
