import type { Plugin } from 'graphql-yoga';
import { NotAcceptableError } from '../errors/http.ts';
import { isServable } from './http/media-types.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/** Refuses a request whose answer nobody could write, before it is executed: yoga finds out afterwards, and says nothing. */
export function useAcceptable(scopes: RequestScopes): Plugin {
  return {
    onRequestParse({ request, fetchAPI, endResponse }) {
      if (isServable(request.headers.get('accept'))) return;
      endResponse(refuseRequest(new NotAcceptableError(), scopes.of(request), fetchAPI));
    },
  };
}
