import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { EncryptionKey } from '../config/encryption-keys.ts';

/** What a sealed value is for, and whom: it opens for the same two again and nothing else. */
export interface SealedTo {
  purpose: 'session' | 'form' | 'flash' | 'review' | 'consent';
  /** The id of the session it belongs to; empty for the session itself. */
  session: string;
}

/** Seals what the browser keeps for the gateway: it can neither be read there nor changed. */
export interface Seal {
  seal(value: unknown, to: SealedTo, lifetimeMs: number): string;
  /** Null for whatever was changed, is another's, for another purpose, or too old. */
  open(sealed: string | undefined, to: SealedTo): unknown;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under keys derived from those that seal the stored secrets, so that what one gateway sealed
 * opens at the next behind the same port, also after a restart. Without any, a random key serves this process.
 */
export function createSeal(encryptionKeys: readonly EncryptionKey[], now: () => number): Seal {
  const keys = encryptionKeys.map(({ key }) => derive(key));
  const [sealing = createSecretKey(randomBytes(32))] = keys;
  if (keys.length === 0) keys.push(sealing);

  return {
    seal(value, to, lifetimeMs) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(to));
      const text = JSON.stringify({ value, expires: now() + lifetimeMs });
      const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(sealed, to) {
      if (!sealed || !/^[\w-]{40,8192}$/.test(sealed)) return null;
      for (const key of keys) {
        const text = decrypt(key, Buffer.from(sealed, 'base64url'), to);
        if (text === null) continue;
        const { value, expires } = JSON.parse(text) as { value: unknown; expires: number };
        return expires > now() ? value : null;
      }
      return null;
    },
  };
}

function decrypt(key: KeyObject, bytes: Buffer, to: SealedTo): string | null {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(to));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString();
  } catch {
    return null;
  }
}

/** A key of its own for the page: what is sealed here never opens as a stored secret, nor the other way. */
function derive(key: KeyObject): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'twilio-graphql-gateway page v1', 32)));
}

function associatedData({ purpose, session }: SealedTo): Buffer {
  return Buffer.from(JSON.stringify([purpose, session]));
}
