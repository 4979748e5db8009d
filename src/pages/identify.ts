import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { Session, Sessions } from './session.ts';

/**
 * Finds the principal of a visit: the owner of the key it was logged in with, if session and key are still valid, which
 * is checked each time; the local administrator if the gateway requires no key; else null.
 */
export async function identify(
  callers: Callers,
  sessions: Sessions,
  session: Session,
  origin: string | null,
): Promise<Principal | null> {
  try {
    const { keyHash } = session;
    if (keyHash !== null && (await sessions.isLoggedIn(session))) {
      const identity = await callers.identifyHash(keyHash, origin).catch(nullIfRejected);
      if (identity) return identity;
    }
    return (await callers.isOpen()) ? await callers.identify(null, origin) : null;
  } catch (error) {
    throw explainStoreError(error);
  }
}

/** Returns null for an unknown, revoked or expired key. @throws any other error */
export function nullIfRejected(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}
