import type { Plugin } from 'graphql-yoga';
import { BatchTooLargeError } from '../errors/limits.ts';

/** Refuses a list of operations: limits, deadline and log are per request, and a list would stretch them all. */
export function useOneOperation(): Plugin {
  return {
    onRequestParse: () => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) throw new BatchTooLargeError(requestParserResult.length);
      },
    }),
  };
}
