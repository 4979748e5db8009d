import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../context.ts';
import type { QueryCosts } from './limits/query-cost.ts';
import type { RequestScopes } from './request-scope.ts';

/**
 * Refuses a query that may cost too much before anything is read. A client that sends the header `X-Query-Cost`
 * is told in `extensions.cost` what its query might have cost, and the calls to Twilio it did cost.
 */
export function useQueryCost(costs: QueryCosts, scopes: RequestScopes): Plugin<GatewayContext> {
  return {
    onExecute({
      args: { document, operationName, variableValues, contextValue },
      setResultAndStopExecution,
    }) {
      const { length: credentials } = contextValue.caller.credentials;
      const refusal = costs.refuse(document, operationName, variableValues, credentials);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      const cost = costs.costOf(document, operationName, variableValues, credentials);
      scopes.of(contextValue.request).cost = cost;
      if (!contextValue.request.headers.has('x-query-cost')) return;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const upstreamCalls = contextValue.scope.reads.calls;
          setResult({ ...result, extensions: { ...result.extensions, cost: { ...cost, upstreamCalls } } });
        },
      };
    },
  };
}
