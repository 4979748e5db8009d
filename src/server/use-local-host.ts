import type { Plugin } from 'graphql-yoga';
import type { Callers } from '../auth/callers.ts';
import { HostNotAllowedError } from '../errors/callers.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { rejectUnlessLocal } from './local-only.ts';
import { refuseRequest } from './refuse-request.ts';
import type { RequestScopes } from './request-scope.ts';

/** Rejects what does not come straight from this machine, on all paths, while the gateway asks for no key. */
export function useLocalHost(callers: Callers, telemetry: Telemetry, scopes: RequestScopes): Plugin {
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      const { headers } = request;
      const host = headers.get('host') ?? url.host;
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
