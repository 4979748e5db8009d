import type { Plugin } from 'graphql-yoga';
import { graphiqlPolicy } from './graphiql.ts';

/** Says with GraphiQL's page, which yoga sends, that nothing but its own scripts may run in it. */
export function useGraphiqlPolicy(): Plugin {
  return {
    onResponse({ response: { headers } }) {
      // The pages of /credentials bring a policy of their own.
      if (headers.get('content-type') !== 'text/html' || headers.has('content-security-policy')) return;
      headers.set('content-security-policy', graphiqlPolicy());
    },
  };
}
