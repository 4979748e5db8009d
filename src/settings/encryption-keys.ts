import { type EncryptionKey, parseEncryptionKeys } from '../credentials/encryption-keys.ts';

/** Reads GATEWAY_ENCRYPTION_KEYS. */
export function readEncryptionKeys(text: string | undefined, problems: string[]): readonly EncryptionKey[] {
  if (text === undefined) return [];
  try {
    return parseEncryptionKeys(text);
  } catch (error) {
    problems.push(`GATEWAY_ENCRYPTION_KEYS: ${error instanceof Error ? error.message : 'cannot be read'}`);
    return [];
  }
}
