import { hkdfSync } from 'node:crypto';
import { type EncryptionKey, generateEncryptionKey, parseEncryptionKeys } from '../config/encryption-keys.ts';
import { createCipher } from '../store/cipher.ts';
import { SealError } from '../store/store-errors.ts';

/** A sealed value opens only for the same purpose, and in the same session. */
export type Purpose = 'session' | 'consent' | 'sign-in';

export type Seal = ReturnType<typeof createSeal>;

/**
 * Seals values that the browser stores for the gateway, so that they can be neither read nor changed there. Hono's signed
 * cookies can be read, and do not expire.
 *
 * The keys are derived from the encryption keys, so that all gateways behind the same port can open a value, also after a
 * restart, but the browser's values and stored secrets cannot be exchanged. Without encryption keys, a random key is used
 * for this process only.
 */
export function createSeal(encryptionKeys: readonly EncryptionKey[], now: () => number) {
  const derived = encryptionKeys.map(({ key }) =>
    Buffer.from(hkdfSync('sha256', key, '', 'twilio-graphql-gateway page v1', 32)).toString('base64url'),
  );
  if (derived.length === 0) derived.push(generateEncryptionKey());
  const cipher = createCipher(parseEncryptionKeys(derived.join(',')));

  return {
    /** @param sessionId empty for what belongs to no session */
    seal(value: unknown, purpose: Purpose, sessionId: string, lifetimeMs: number): string {
      const text = JSON.stringify({ value, expires: now() + lifetimeMs });
      return cipher.seal(text, { purpose: `page-${purpose}`, id: sessionId });
    },
    /** Returns null for a value that was changed, has expired, or was sealed for another session or purpose. */
    open(sealed: string | undefined, purpose: Purpose, sessionId: string): unknown {
      try {
        const text = cipher.open(sealed ?? '', { purpose: `page-${purpose}`, id: sessionId });
        const { value, expires } = JSON.parse(text) as { value: unknown; expires: number };
        return expires > now() ? value : null;
      } catch (error) {
        if (error instanceof SealError) return null;
        throw error;
      }
    },
  };
}
