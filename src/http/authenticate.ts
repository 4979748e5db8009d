import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Authentication, Exchange } from './exchange.ts';

/**
 * Finds the principal from the Authorization header alone. A request without one goes on, for pages and probes need
 * none; what needs a principal calls {@link requirePrincipal}.
 */
export async function authenticate(exchange: Exchange, callers: Callers): Promise<Authentication> {
  try {
    return { principal: await callers.identify(exchange.header('authorization'), exchange.address) };
  } catch (error) {
    return { error };
  }
}

/** @throws the error that rejected the caller; it is counted, and the reason of a rejected token is logged */
export function requirePrincipal(
  { authentication }: Exchange,
  telemetry: Pick<Telemetry, 'callerRejected'>,
  log: Pick<Logger, 'info'>,
): Principal {
  if (authentication?.principal) return authentication.principal;
  const error = authentication?.error;
  if (error instanceof GatewayError) {
    telemetry.callerRejected(error.code);
    if (error.code === 'TOKEN_INVALID') log.info({ reason: error.cause }, 'a token was rejected');
  }
  throw error;
}
