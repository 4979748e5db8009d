import type { Plugin } from 'graphql-yoga';

/**
 * Answers /health (the process runs) and /ready (it wants requests: 503 while it stops), and leads from / to GraphiQL, where there is one.
 */
export function useHealth({ isReady, graphiql }: { isReady: () => boolean; graphiql: boolean }): Plugin {
  return {
    async onRequest({ url, fetchAPI, endResponse }) {
      switch (url.pathname) {
        case '/health':
          return endResponse(fetchAPI.Response.json({ status: 'ok' }));
        case '/ready': {
          const ready = isReady();
          const status = ready ? 200 : 503;
          return endResponse(fetchAPI.Response.json({ status: ready ? 'ready' : 'not ready' }, { status }));
        }
        case '/':
          if (!graphiql) return;
          return endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }));
      }
    },
  };
}
