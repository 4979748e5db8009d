import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { EncryptionKey } from '../config/encryption-keys.ts';

/** Seals texts that a client stores and must not read, such as the phone number in an id. */
export interface SealedText {
  /** The same text always gives the same result, so that clients can use it as a key. */
  seal(text: string): string;
  /** Returns null for anything that {@link seal} did not return. */
  open(sealed: string): string | null;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Derives a key for one purpose from each encryption key, so that values of different purposes cannot be exchanged. Without
 * encryption keys, a random one for this process.
 */
export function deriveKeys(encryptionKeys: readonly EncryptionKey[], purpose: string): readonly KeyObject[] {
  const keys =
    encryptionKeys.length > 0 ? encryptionKeys.map(({ key }) => key) : [createSecretKey(randomBytes(32))];
  return keys.map((key) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `twilio-graphql-gateway ${purpose}`, 32))),
  );
}

/**
 * Seals with AES-256-GCM. The nonce is an HMAC of the text: equal texts give equal results, and different texts have
 * different nonces.
 */
export function createSealedText(encryptionKeys: readonly EncryptionKey[], purpose: string): SealedText {
  const keys = deriveKeys(encryptionKeys, `${purpose} v1`);
  const [nonceKey] = deriveKeys(encryptionKeys, `${purpose} nonce v1`);
  const [sealing] = keys;
  if (!sealing || !nonceKey) throw new Error('no key');

  return {
    seal(text) {
      const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing, nonce, { authTagLength: TAG_BYTES });
      const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
      for (const key of keys) {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        try {
          const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
          return Buffer.concat([text, decipher.final()]).toString();
        } catch {
          // Sealed with another key, or not by this gateway.
        }
      }
      return null;
    },
  };
}
