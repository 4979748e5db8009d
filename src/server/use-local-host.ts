import type { Plugin } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import { isLoopback } from '../config.ts';
import { HostNotAllowedError } from '../errors/callers.ts';
import { BadAddressError } from '../errors/http.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { isHost } from './http/address.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/**
 * Answers a gateway that asks for no key only under a name of this machine. A web page whose own name was
 * made to point here (DNS rebinding) carries that name in the Host header and is turned away. A Host that is none, as
 * two of them joined by a comma, is rejected first; over HTTP the guard has done so already.
 */
export function useLocalHost(callers: Callers, telemetry: Telemetry, scopes: RequestScopes): Plugin {
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const host = request.headers.get('host') ?? url.host;
      if (!isHost(host)) {
        telemetry.requestRefused('BAD_REQUEST');
        endResponse(refuseRequest(new BadAddressError(), scopes.of(request), fetchAPI));
        return;
      }
      const name = URL.parse(`http://${host}`)?.hostname ?? '';
      if (isLoopback(name) || url.pathname === '/health' || url.pathname === '/ready') return;
      if (!(await callers.isOpen())) return;
      telemetry.requestRefused('HOST_NOT_ALLOWED');
      endResponse(refuseRequest(new HostNotAllowedError(), scopes.of(request), fetchAPI));
    },
  };
}
