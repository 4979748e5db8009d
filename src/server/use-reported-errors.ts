import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GatewayContext } from '../context.ts';

/** Adds to a result the errors that fields reported beside their values. */
export function useReportedErrors(): Plugin<GatewayContext> {
  return {
    onExecute: ({ args: { contextValue } }) => ({
      onExecuteDone({ result, setResult }) {
        if (!(Symbol.asyncIterator in result)) setResult(withReported(result, contextValue));
      },
    }),
  };
}

export function withReported(
  result: ExecutionResult,
  { reported }: Pick<GatewayContext, 'reported'>,
): ExecutionResult {
  return reported.length === 0 ? result : { ...result, errors: [...(result.errors ?? []), ...reported] };
}
