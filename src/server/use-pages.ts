import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Pages } from '../page/pages.ts';

/** Answers the web page's paths. The request is told by its path alone; all else is the page's to judge. */
export function usePages(pages: Pages): Plugin<object, { req?: IncomingMessage }> {
  return {
    async onRequest({ request, url, serverContext, fetchAPI, endResponse }) {
      if (!pages.serves(url.pathname)) return;
      const origin = serverContext.req?.socket.remoteAddress ?? null;
      const { status, headers, body } = await pages.answer(request, url, origin);
      endResponse(new fetchAPI.Response(body, { status, headers }));
    },
  };
}
