import type { Plugin } from 'graphql-yoga';
import { PathUnknownError } from '../errors/http.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/** Rejects every path but /graphql. Yoga itself runs GraphQL at any URL that ends in it, as at `/x/graphql`. */
export function useUnknownPaths(telemetry: Telemetry, scopes: RequestScopes): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname === '/graphql') return;
      telemetry.requestRefused('PATH_UNKNOWN');
      endResponse(refuseRequest(new PathUnknownError(), scopes.of(request), fetchAPI));
    },
  };
}
