import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../log.ts';
import { logRequest } from './log-request.ts';
import type { RequestScopes } from './request-scope.ts';

/** Writes one line per request that yoga answers, and says its id in `X-Request-Id`. */
export function useRequestLog(log: Logger, scopes: RequestScopes): Plugin {
  return {
    onExecute({ args }) {
      const { request } = args.contextValue;
      const { operations } = scopes.of(request);
      const name = getOperationAST(args.document, args.operationName)?.name?.value;
      if (name && !operations.includes(name)) operations.push(name);
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
      logRequest(log, scope, {
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        credential: request.headers.get('x-twilio-credential'),
      });
    },
  };
}
