import type { Plugin } from 'graphql-yoga';
import { BadParametersError } from '../errors/http.ts';

/** Refuses a GET whose variables or extensions are no JSON, which yoga takes for a fault of its own. */
export function useGetParameters(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (request.method !== 'GET' || !requestParser) return;
      setRequestParser(async (given) => {
        try {
          return await requestParser(given);
        } catch (error) {
          throw error instanceof SyntaxError ? new BadParametersError() : error;
        }
      });
    },
  };
}
