import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { LeftToYoga } from './direct/answer-directly.ts';
import type { RequestEnd } from './request-end.ts';
import type { RequestScopes } from './request-scope.ts';

/** Starts a request's clock, notes what it did, says its id in `X-Request-Id`, and hands it to {@link RequestEnd} when it is answered. */
export function useRequestLog(
  requestEnded: RequestEnd,
  scopes: RequestScopes,
): Plugin<object, Partial<LeftToYoga>> {
  return {
    onRequest({ request, serverContext }) {
      scopes.begin(request, serverContext.arrivedAt);
    },
    onExecute({ args }) {
      const scope = scopes.of(args.contextValue.request);
      scope.executed = true;
      const name = getOperationAST(args.document, args.operationName)?.name?.value;
      if (name && !scope.operations.includes(name)) scope.operations.push(name);
    },
    onResultProcess({ request, result }) {
      if (Array.isArray(result) || !('errors' in result)) return;
      const { errorCodes } = scopes.of(request);
      for (const error of result.errors ?? []) errorCodes.add(String(error.extensions?.code));
    },
    onResponse({ request, response }) {
      const scope = scopes.of(request);
      scopes.end(request);
      response.headers.set('x-request-id', scope.id);
      requestEnded({
        scope,
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
      });
    },
  };
}
