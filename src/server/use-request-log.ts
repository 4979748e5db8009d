import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../log.ts';
import type { RequestScopes } from './request-scope.ts';

/**
 * Writes one line per request, and says its id in `X-Request-Id`. Neither variables nor the query are
 * logged: both may hold phone numbers.
 */
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
      const { id, startedAt, operations, errorCodes, upstreamCalls } = scopes.of(request);
      scopes.end(request);
      response.headers.set('x-request-id', id);
      const url = new URL(request.url);
      log.info(
        {
          requestId: id,
          method: request.method,
          path: url.pathname,
          status: response.status,
          ms: Math.round(performance.now() - startedAt),
          ...(operations.length > 0 ? { operation: operations.join(',') } : {}),
          ...(request.headers.has('x-twilio-credential')
            ? { credential: request.headers.get('x-twilio-credential') }
            : {}),
          upstreamCalls,
          ...(errorCodes.size > 0 ? { errors: [...errorCodes] } : {}),
        },
        'request',
      );
    },
  };
}
