import type { Plugin } from 'graphql-yoga';
import type { Health } from './health.ts';

/** Answers /health and /ready, and leads from / to GraphiQL, where there is one. */
export function useHealth(health: Health, { graphiql }: { graphiql: boolean }): Plugin {
  return {
    async onRequest({ url, fetchAPI, endResponse }) {
      if (url.pathname === '/' && graphiql) {
        return endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }));
      }
      const answer = await health.answer(url);
      if (answer) endResponse(new fetchAPI.Response(answer.body, answer));
    },
  };
}
