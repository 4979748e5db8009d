import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { EncryptionKey } from '../config/encryption-keys.ts';

/** A sealed value opens only for the same purpose, and in the same session. */
export type Purpose = 'session' | 'form' | 'flash' | 'review' | 'consent';

export type Seal = ReturnType<typeof createSeal>;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals values that the browser stores for the gateway, so that they can be neither read nor changed there. Hono's signed
 * cookies can be read, and do not expire.
 *
 * Uses AES-256-GCM and keys derived from the encryption keys, so that all gateways behind the same port can open a value,
 * also after a restart. Without encryption keys, a random key is used for this process only.
 */
export function createSeal(encryptionKeys: readonly EncryptionKey[], now: () => number) {
  const keys = encryptionKeys.map(({ key }) => derive(key));
  const [sealing = createSecretKey(randomBytes(32))] = keys;
  if (keys.length === 0) keys.push(sealing);

  return {
    /** @param sessionId empty for the session itself */
    seal(value: unknown, purpose: Purpose, sessionId: string, lifetimeMs: number): string {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(purpose, sessionId));
      const text = JSON.stringify({ value, expires: now() + lifetimeMs });
      const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    /** Returns null for a value that was changed, has expired, or was sealed for another session or purpose. */
    open(sealed: string | undefined, purpose: Purpose, sessionId: string): unknown {
      if (!sealed || !/^[\w-]{40,8192}$/.test(sealed)) return null;
      for (const key of keys) {
        const text = decrypt(key, Buffer.from(sealed, 'base64url'), associatedData(purpose, sessionId));
        if (text === null) continue;
        const { value, expires } = JSON.parse(text) as { value: unknown; expires: number };
        return expires > now() ? value : null;
      }
      return null;
    },
  };
}

function decrypt(key: KeyObject, bytes: Buffer, data: Buffer): string | null {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(data);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString();
  } catch {
    return null;
  }
}

/** Derives a separate key for the pages, so that their sealed values and stored secrets cannot be exchanged. */
function derive(key: KeyObject): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'twilio-graphql-gateway page v1', 32)));
}

function associatedData(purpose: Purpose, sessionId: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, sessionId]));
}
