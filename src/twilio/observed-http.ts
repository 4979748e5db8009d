import type { Logger } from '../log.ts';
import { endpointOf } from '../telemetry/endpoint.ts';
import { TwilioError, TwilioResponseError } from '../twilio-error.ts';
import type { TwilioHttp } from './http.ts';

/**
 * Writes a line for each call that failed in the end, with Twilio's request id, which its support asks for. A
 * warning where something is wrong at Twilio or with the credential; what is not there (404) is no news, nor is
 * what an administrator tries, who is told what came of it.
 */
export function observeHttp(http: TwilioHttp, log: Logger, credential: string): TwilioHttp {
  return {
    get(path, scope, options) {
      return http.get(path, scope, options).catch((error: unknown) => {
        if (error instanceof TwilioError) {
          const { source, code, status, requestId } = error;
          log[scope.requestId === undefined ? 'debug' : levelOf(status)](
            {
              requestId: scope.requestId,
              credential,
              endpoint: source === 'oauth' ? 'token' : endpointOf(path),
              twilio: { code, status, requestId },
            },
            'Twilio refused a call, or did not answer it',
          );
        } else if (error instanceof TwilioResponseError) {
          log[scope.requestId === undefined ? 'debug' : 'warn'](
            { requestId: scope.requestId, credential, endpoint: endpointOf(path) },
            "Twilio's answer could not be read",
          );
        }
        throw error;
      });
    },
  };
}

function levelOf(status: number): 'debug' | 'info' | 'warn' {
  if (status === 404) return 'debug';
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500
    ? 'warn'
    : 'info';
}
