import type { Plugin } from 'graphql-yoga';
import { NotAcceptableError } from '../errors/http.ts';
import { isServable } from './http/media-types.ts';
import { refusalOf } from './http/refuse.ts';
import type { RequestScopes } from './request-scope.ts';

/** Refuses a request whose answer nobody could write, before it is executed: yoga finds out afterwards, and says nothing. */
export function useAcceptable(scopes: RequestScopes): Plugin {
  return {
    onRequestParse({ request, fetchAPI, endResponse }) {
      if (isServable(request.headers.get('accept'))) return;
      const error = new NotAcceptableError();
      const { status, body } = refusalOf(error);
      scopes.of(request).errorCodes.add(String(error.extensions.code));
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      endResponse(new fetchAPI.Response(body, { status, headers }));
    },
  };
}
