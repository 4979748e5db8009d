import type { Identity } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { TokenInvalidError } from '../errors/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Identified } from './direct/identify.ts';

/**
 * As {@link Callers.identify}; who is refused is counted, and why a token was is logged.
 *
 * @param found who it was found to be before, so that nobody is looked up twice
 */
export type IdentifyCaller = (
  authorization: string | null,
  origin: string | null,
  found?: Identified,
) => Promise<Identity>;

/** For whatever refuses a caller in the end. What only tries, and leaves refusing to others, asks `callers` itself. */
export function createIdentifyCaller(callers: Callers, telemetry: Telemetry, log: Logger): IdentifyCaller {
  return async (authorization, origin, found): Promise<Identity> => {
    try {
      if (found && 'refusal' in found) throw found.refusal;
      return found?.identity ?? (await callers.identify(authorization, origin));
    } catch (error) {
      if (error instanceof GatewayError) telemetry.callerRefused(String(error.extensions.code));
      if (error instanceof TokenInvalidError) log.info({ reason: error.reason }, 'a token was refused');
      throw error;
    }
  };
}
