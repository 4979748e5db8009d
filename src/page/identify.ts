import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { explainStoreError } from '../credentials/explain-store-error.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Session, Sessions } from './session.ts';

/**
 * Who a visit belongs to: the key it was logged in with, as long as neither the session nor the key has ended, which
 * is looked up each time; the local administrator where the gateway asks nobody for a key; else null.
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
      const identity = await callers.identifyHash(keyHash, origin).catch(nobody);
      if (identity) return identity;
    }
    return (await callers.isOpen()) ? await callers.identify(null, origin) : null;
  } catch (error) {
    throw explainStoreError(error);
  }
}

/** A key that is unknown, revoked or expired makes nobody; anything else goes on. */
export function nobody(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}
