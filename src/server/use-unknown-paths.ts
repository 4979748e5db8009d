import type { Plugin } from 'graphql-yoga';
import { PathUnknownError } from '../errors/http.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/** Says where GraphQL is to whoever asks elsewhere; yoga would answer nothing but the status. */
export function useUnknownPaths(scopes: RequestScopes): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (/\/graphql\/?$/.test(url.pathname)) return;
      endResponse(refuseRequest(new PathUnknownError(), scopes.of(request), fetchAPI));
    },
  };
}
