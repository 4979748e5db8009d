import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import { EncryptionKeyMissingError, SealError } from './store-errors.ts';

/** The purpose and record of a sealed value, without which it does not open. */
export interface SealContext {
  purpose: 'client-secret' | 'refresh-token' | 'oauth-state' | `page-${string}`;
  /** The id of its record. */
  id: string;
}

/** Encrypts ("seals") secrets for the database or a browser and decrypts ("opens") them. */
export interface Cipher {
  /** @returns `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url */
  seal(secret: string, context: SealContext): string;
  /** @throws {SealError} when the value was altered, moved from another record, or sealed with an unknown key */
  open(sealed: string, context: SealContext): string;
  /** Whether the value was sealed with an unknown key. Checks the key id without opening the value. */
  lacksKeyOf(sealed: string): boolean;
  /** Whether the value was sealed with a key other than the first. */
  needsReseal(sealed: string): boolean;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/**
 * Creates an AES-256-GCM cipher with random nonces. The format version, key id, purpose and record id are
 * authenticated too, so that a value moved to another record or column does not open.
 *
 * @param keys the first seals, all of them open
 * @throws {EncryptionKeyMissingError} without any key
 */
export function createCipher(keys: readonly EncryptionKey[]): Cipher {
  const [sealing] = keys;
  if (!sealing) throw new EncryptionKeyMissingError();
  const byId = new Map(keys.map((key) => [key.id, key]));

  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(sealing.id, context));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, sealing.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(text, context) {
      const what = `${context.purpose} of ${context.id}`;
      const { keyId, nonce, sealed } = parse(text, what);
      const key = byId.get(keyId);
      if (!key) throw new SealError('unknown-key', what);
      const decipher = createDecipheriv(ALGORITHM, key.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(keyId, context));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString();
      } catch {
        throw new SealError('tampered', what);
      }
    },
    lacksKeyOf(text) {
      const [, keyId] = /^v1\.([0-9a-f]{12})\./.exec(text) ?? [];
      return keyId !== undefined && !byId.has(keyId);
    },
    needsReseal: (text) => !text.startsWith(`${VERSION}.${sealing.id}.`),
  };
}

/** Creates a cipher for a gateway without keys: every use fails. */
export function createMissingCipher(): Cipher {
  const fail = () => {
    throw new EncryptionKeyMissingError();
  };
  return { seal: fail, open: fail, lacksKeyOf: () => true, needsReseal: fail };
}

function parse(text: string, what: string) {
  const match = /^v1\.([0-9a-f]{12})\.([\w-]{16})\.([\w-]{22,})$/.exec(text);
  const [, keyId, nonce, sealed] = match ?? [];
  if (keyId === undefined || nonce === undefined || sealed === undefined) {
    throw new SealError('malformed', what);
  }
  return { keyId, nonce: Buffer.from(nonce, 'base64url'), sealed: Buffer.from(sealed, 'base64url') };
}

function associatedData(keyId: string, { purpose, id }: SealContext): Buffer {
  // JSON is unambiguous: different lists never give the same bytes.
  return Buffer.from(JSON.stringify([VERSION, keyId, purpose, id]));
}
