import type { Plugin } from 'graphql-yoga';
import { NotAcceptableError } from '../errors/http.ts';
import { chooseType } from './http/media-types.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/**
 * Rejects a request whose response could not be written, before it is executed: yoga finds out afterwards, and says
 * nothing. Of what is accepted, yoga is left one type: it knows no weights, and would write an event stream.
 */
export function useAcceptable(scopes: RequestScopes): Plugin {
  return {
    onRequestParse({ request, fetchAPI, endResponse }) {
      const type = chooseType(request.headers.get('accept'));
      if (type) request.headers.set('accept', type);
      else endResponse(refuseRequest(new NotAcceptableError(), scopes.of(request), fetchAPI));
    },
  };
}
