import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Turns } from '../twilio/turns.ts';
import { checkPath, createCheckAddress } from './http/address.ts';
import { createCrossOrigin } from './http/cross-origin.ts';
import { refuse } from './http/refuse.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import type { HttpSettings } from './http/settings.ts';
import { limitBody } from './limits/body-size.ts';
import { createOpenRequests } from './limits/open-requests.ts';
import type { LimitSettings } from './limits/settings.ts';
import { createShed } from './limits/shed.ts';
import type { Loggable } from './loggable.ts';

export interface GuardOptions {
  readonly limits: LimitSettings;
  readonly http: HttpSettings;
  readonly requestTimeoutMs: number;
  /** Where browsers reach the gateway, if not by the Host they name. */
  readonly publicUrl?: URL | undefined;
  /** Pages judge by themselves where their forms come from. */
  readonly isPage: (path: string) => boolean;
  /** In which requests and Twilio's answers have the processor. */
  readonly turns: Turns;
  readonly log: Logger;
  readonly loggable: Loggable;
  readonly telemetry: Telemetry;
}

export interface Guard {
  /** Puts the limits and policies that hold for every request round what answers them. */
  around(handle: (request: IncomingMessage, response: ServerResponse) => void): RequestListener;
  close(): void;
}

/** What watches the gateway must get through to it when nobody else does. */
const WATCHED = new Set(['/health', '/ready', '/metrics']);

export function createGuard(options: GuardOptions): Guard {
  const { limits, http, requestTimeoutMs, publicUrl, isPage, turns, log, loggable, telemetry } = options;
  const openRequests = createOpenRequests({
    max: limits.maxOpenRequests,
    maxLateMs: limits.maxLateMs,
    alwaysOpen: limits.alwaysOpen,
    turns,
    longestMs: requestTimeoutMs + 2 * limits.clientTimeoutMs,
  });
  const shed = createShed(log);
  const checkAddress = createCheckAddress();
  const crossOrigin = createCrossOrigin({ ...http, ownOrigin: publicUrl?.origin });

  function refusalOf(request: IncomingMessage, response: ServerResponse) {
    const nowhere = checkAddress(request);
    if (nowhere) return nowhere;
    const path = pathOf(request);
    if (WATCHED.has(path)) return undefined;
    // Not only of /graphql: a path can be written in more than one way.
    const foreign = isPage(path) ? undefined : crossOrigin.check(request, response);
    return foreign ?? checkPath(path) ?? limitBody(request, response, limits.maxBodyBytes, turnAway);
  }

  /** With an id and a line in the log, as every answer. */
  function turnAway(request: IncomingMessage, response: ServerResponse, error: GatewayError): void {
    if (response.headersSent) return;
    const requestId = loggable.requestId(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    refuse(response, error);
    const { statusCode: status } = response;
    const { code } = error.extensions;
    telemetry.requestRefused(String(code));
    log.info(
      {
        requestId,
        method: loggable.method(request.method),
        path: loggable.path(pathOf(request)),
        status,
        errors: [code],
      },
      'request refused',
    );
  }

  return {
    around: (handle) => (request, response) => {
      // Before anything is done for it.
      const overload = WATCHED.has(pathOf(request)) ? undefined : openRequests.enter(response);
      if (overload) {
        telemetry.requestRefused('GATEWAY_OVERLOADED');
        return shed.refuse(response, loggable.requestId(request.headers['x-request-id']), overload);
      }
      turns.begin(() => {
        // Who went away while it waited.
        if (response.destroyed) return;
        setSecurityHeaders(response);
        const refusal = refusalOf(request, response);
        if (refusal === undefined) handle(request, response);
        else if (refusal !== 'answered') turnAway(request, response, refusal);
      });
    },
    close() {
      openRequests.close();
      shed.close();
    },
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
