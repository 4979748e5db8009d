import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../context.ts';
import type { QueryCosts } from './limits/query-cost.ts';

/**
 * Refuses a query that may cost too much before anything is read. A client that sends the header `X-Query-Cost`
 * is told in `extensions.cost` what its query might have cost, and the calls to Twilio it did cost.
 */
export function useQueryCost(costs: QueryCosts): Plugin<GatewayContext> {
  return {
    onExecute({
      args: { document, operationName, variableValues, contextValue },
      setResultAndStopExecution,
    }) {
      const refusal = costs.refuse(document, operationName, variableValues);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      if (!contextValue.request.headers.has('x-query-cost')) return;
      const cost = costs.costOf(document, operationName, variableValues);
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const { upstreamCalls } = contextValue.scope;
          setResult({ ...result, extensions: { ...result.extensions, cost: { ...cost, upstreamCalls } } });
        },
      };
    },
  };
}
