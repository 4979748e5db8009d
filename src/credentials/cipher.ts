import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from './encryption-keys.ts';
import { EncryptionKeyMissingError, SealError } from './store-errors.ts';

/** What a sealed value is for. It opens for this very purpose and record only. */
export interface SealedFor {
  purpose: 'client-secret' | 'refresh-token' | 'oauth-state';
  /** The id of the record it stands in. */
  id: string;
}

/** Seals secrets for the database and opens them again. */
export interface Cipher {
  /** @returns `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url */
  seal(secret: string, place: SealedFor): string;
  /** @throws {SealError} when the value was changed, moved from another record, or sealed with another key */
  open(sealed: string, place: SealedFor): string;
  /** Whether the value was sealed with a key that is not here; tells it by the key id, without opening it. */
  lacksKeyOf(sealed: string): boolean;
  /** Whether the value was sealed with another key than the one that seals now. */
  needsReseal(sealed: string): boolean;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/**
 * AES-256-GCM with a random nonce; the format's version, the key id, the purpose and the record's id are
 * authenticated with it, so that a value moved to another record or column does not open there.
 *
 * @param keys the first seals, all open
 * @throws {EncryptionKeyMissingError} without any key
 */
export function createCipher(keys: readonly EncryptionKey[]): Cipher {
  const [sealing] = keys;
  if (!sealing) throw new EncryptionKeyMissingError();
  const byId = new Map(keys.map((key) => [key.id, key]));

  return {
    seal(secret, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(sealing.id, place));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, sealing.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(text, place) {
      const what = `${place.purpose} of ${place.id}`;
      const { keyId, nonce, sealed } = parse(text, what);
      const key = byId.get(keyId);
      if (!key) throw new SealError('unknown-key', what);
      const decipher = createDecipheriv(ALGORITHM, key.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(keyId, place));
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

/** For a gateway without any key: it works as long as there is no secret to store or read. */
export function createMissingCipher(): Cipher {
  const refuse = () => {
    throw new EncryptionKeyMissingError();
  };
  return { seal: refuse, open: refuse, lacksKeyOf: () => true, needsReseal: refuse };
}

function parse(text: string, what: string) {
  const match = /^v1\.([0-9a-f]{12})\.([\w-]{16})\.([\w-]{22,})$/.exec(text);
  const [, keyId, nonce, sealed] = match ?? [];
  if (keyId === undefined || nonce === undefined || sealed === undefined) {
    throw new SealError('malformed', what);
  }
  return { keyId, nonce: Buffer.from(nonce, 'base64url'), sealed: Buffer.from(sealed, 'base64url') };
}

function associatedData(keyId: string, { purpose, id }: SealedFor): Buffer {
  // As JSON, because then no two different lists make the same bytes.
  return Buffer.from(JSON.stringify([VERSION, keyId, purpose, id]));
}
