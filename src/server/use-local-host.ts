import type { Plugin } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import { HostNotAllowedError } from '../errors/callers.ts';
import { BadAddressError } from '../errors/http.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { isHost } from './http/address.ts';
import { rejectUnlessLocal } from './local-only.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/**
 * Rejects what does not come straight from this machine, on all paths, while the gateway asks for no key. A Host that
 * is none, as two of them joined by a comma, is rejected first; over HTTP the guard has done so already.
 */
export function useLocalHost(callers: Callers, telemetry: Telemetry, scopes: RequestScopes): Plugin {
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const { headers } = request;
      const host = headers.get('host') ?? url.host;
      if (!isHost(host)) {
        telemetry.requestRefused('BAD_REQUEST');
        endResponse(refuseRequest(new BadAddressError(), scopes.of(request), fetchAPI));
        return;
      }
      const error = await rejectUnlessLocal(callers, { host, headerNames: headers.keys() });
      if (!error) return;
      // Probes ask by whatever address they know.
      const isProbe = url.pathname === '/health' || url.pathname === '/ready';
      if (isProbe && error instanceof HostNotAllowedError) return;
      telemetry.requestRefused(String(error.extensions.code));
      endResponse(refuseRequest(error, scopes.of(request), fetchAPI));
    },
  };
}
