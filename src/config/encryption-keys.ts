import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;

/** GATEWAY_ENCRYPTION_KEYS is invalid. The message has the number of the key, never its text. */
export class EncryptionKeysInvalidError extends Error {
  override readonly name = 'EncryptionKeysInvalidError';
}

/** A key that seals secrets. */
export interface EncryptionKey {
  /** The first 12 hex digits of the key's SHA-256; part of each sealed value. */
  readonly id: string;
  /** Null when the setting has no name for it. */
  readonly name: string | null;
  /** A KeyObject, because it does not reveal the key when inspected or logged. */
  readonly key: KeyObject;
}

/**
 * Parses the setting GATEWAY_ENCRYPTION_KEYS: 32-byte keys in hex, base64 or base64url, separated by commas,
 * each with an optional `name:` prefix. The first key seals, all of them open.
 *
 * @throws {EncryptionKeysInvalidError} with the number of each invalid key, but none of its text
 * @example
 * parseEncryptionKeys('2026:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=,2025:00ff…');
 */
export function parseEncryptionKeys(text: string): readonly EncryptionKey[] {
  const problems: string[] = [];
  const keys = new Map<string, EncryptionKey>();
  for (const [index, entry] of text.split(',').entries()) {
    const found = parseKey(entry.trim());
    if (typeof found === 'string') problems.push(`key ${index + 1} ${found}`);
    else if (keys.has(found.id)) problems.push(`key ${index + 1} is a duplicate`);
    else keys.set(found.id, found);
  }
  if (problems.length > 0) {
    throw new EncryptionKeysInvalidError(
      `Invalid encryption keys: ${problems.join('; ')}. A key is 32 random bytes in base64 or hex, e.g. from: openssl rand -base64 32`,
    );
  }
  return [...keys.values()];
}

/** Generates a random key in the format of {@link parseEncryptionKeys}. */
export function generateEncryptionKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** Returns the key, or a description of the problem. */
function parseKey(entry: string): EncryptionKey | string {
  const colon = entry.indexOf(':');
  const name = colon < 0 ? null : entry.slice(0, colon).trim();
  // The message does not repeat the name: a misplaced colon would make part of the key look like one.
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
  // 64 hex digits are also base64 of 48 bytes, but a key has 32, so hex is tried first.
  if (/^[0-9a-f]{64}$/i.test(encoded)) return Buffer.from(encoded, 'hex');
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) return null;
  return Buffer.from(encoded, 'base64');
}
