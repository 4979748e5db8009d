import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { EncryptionKeysInvalidError } from './store-errors.ts';

const KEY_BYTES = 32;

/** A key that seals secrets. */
export interface EncryptionKey {
  /** The first 12 hex digits of the key's SHA-256; stands in each sealed value. */
  readonly id: string;
  /** What people call it; null where the setting gave no name. */
  readonly name: string | null;
  /** A KeyObject, because it shows nothing of itself when inspected or logged. */
  readonly key: KeyObject;
}

/**
 * Reads the setting GATEWAY_ENCRYPTION_KEYS: 32-byte keys in hex, base64 or base64url, separated by commas,
 * each with a name in front of a colon if one likes. The first key seals, all open.
 *
 * @throws {EncryptionKeysInvalidError} naming the place of each wrong key and nothing of its text
 * @example
 * parseEncryptionKeys('2026:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=,2025:00ff…');
 */
export function parseEncryptionKeys(text: string): readonly EncryptionKey[] {
  const problems: string[] = [];
  const keys = new Map<string, EncryptionKey>();
  for (const [index, entry] of text.split(',').entries()) {
    const found = parseKey(entry.trim());
    if (typeof found === 'string') problems.push(`key ${index + 1} ${found}`);
    else if (keys.has(found.id)) problems.push(`key ${index + 1} is there twice`);
    else keys.set(found.id, found);
  }
  if (problems.length > 0) {
    throw new EncryptionKeysInvalidError(
      `The encryption keys cannot be used: ${problems.join('; ')}. A key is 32 random bytes in base64 or hex, e.g. from: openssl rand -base64 32`,
    );
  }
  return [...keys.values()];
}

/** Makes a new random key in the form {@link parseEncryptionKeys} reads. */
export function generateEncryptionKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** The key, or what is wrong with it. */
function parseKey(entry: string): EncryptionKey | string {
  const colon = entry.indexOf(':');
  const name = colon < 0 ? null : entry.slice(0, colon).trim();
  // The name is not repeated either: who puts the colon in the wrong place has part of the key before it.
  if (name !== null && !/^[\w.-]{1,32}$/.test(name))
    return 'has a name that is not 1 to 32 letters or digits';
  const encoded = entry.slice(colon + 1).trim();
  if (encoded === '') return 'is empty';
  const bytes = decode(encoded);
  if (bytes === null) return 'is neither base64 nor hex';
  if (bytes.length !== KEY_BYTES) return `has ${bytes.length} bytes instead of ${KEY_BYTES}`;
  if (new Set(bytes).size < KEY_BYTES / 4) return 'is not random';
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { id, name, key: createSecretKey(bytes) };
}

function decode(encoded: string): Buffer | null {
  // 64 hex digits are base64 as well, of 48 bytes: never a key, so that hex may go first.
  if (/^[0-9a-f]{64}$/i.test(encoded)) return Buffer.from(encoded, 'hex');
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) return null;
  return Buffer.from(encoded, 'base64');
}
