import type { Plugin } from 'graphql-yoga';
import { limitSize } from './limits/response-size.ts';

/** Rejects a result that is too large before it is written. */
export function useResponseSize(maxBytes: number): Plugin {
  return {
    onExecute: () => ({
      onExecuteDone({ result, setResult }) {
        if (!(Symbol.asyncIterator in result)) setResult(limitSize(result, maxBytes));
      },
    }),
  };
}
