import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createCrossOrigin } from './http/cross-origin.ts';
import { refuse } from './http/refuse.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import type { HttpSettings } from './http/settings.ts';
import { limitBody } from './limits/body-size.ts';
import { createOpenRequests } from './limits/open-requests.ts';
import type { LimitSettings } from './limits/settings.ts';

export interface GuardOptions {
  readonly limits: LimitSettings;
  readonly http: HttpSettings;
  readonly requestTimeoutMs: number;
  /** Where browsers reach the gateway, if not by the Host they name. */
  readonly publicUrl?: URL | undefined;
  /** Pages judge by themselves where their forms come from. */
  readonly isPage: (path: string) => boolean;
}

export interface Guard {
  /** Puts the limits and policies that hold for every request round what answers them. */
  around(handle: (request: IncomingMessage, response: ServerResponse) => void): RequestListener;
  close(): void;
}

/** What watches the gateway must get through to it when nobody else does. */
const WATCHED = new Set(['/health', '/ready', '/metrics']);

export function createGuard({ limits, http, requestTimeoutMs, publicUrl, isPage }: GuardOptions): Guard {
  const openRequests = createOpenRequests({
    max: limits.maxOpenRequests,
    longestMs: requestTimeoutMs + 2 * limits.clientTimeoutMs,
  });
  const crossOrigin = createCrossOrigin({ ...http, ownOrigin: publicUrl?.origin });

  function refusalOf(request: IncomingMessage, response: ServerResponse) {
    const path = pathOf(request);
    if (WATCHED.has(path)) return undefined;
    const overload = openRequests.enter(response);
    if (overload) return overload;
    // Not only of /graphql: a path can be written in more than one way.
    const foreign = isPage(path) ? undefined : crossOrigin.check(request, response);
    return foreign ?? limitBody(request, response, limits.maxBodyBytes);
  }

  return {
    around: (handle) => (request, response) => {
      setSecurityHeaders(response);
      const refusal = refusalOf(request, response);
      if (refusal === undefined) handle(request, response);
      else if (refusal !== 'answered') refuse(response, refusal);
    },
    close: openRequests.close,
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
