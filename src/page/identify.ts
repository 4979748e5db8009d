import type { Identity } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import { explainStoreError } from '../credentials/explain-store-error.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Session } from './session.ts';

/**
 * Who a visit belongs to: the key it was logged in with, looked up anew each time, so that the visit ends with
 * the key; the local administrator where the gateway asks nobody for a key; else null.
 */
export async function identify(
  callers: Callers,
  { keyHash }: Session,
  origin: string | null,
): Promise<Identity | null> {
  try {
    if (keyHash !== null) {
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
