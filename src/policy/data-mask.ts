import { createHmac, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import { type AddressVisibility, type FieldPolicy, isMasking } from './field-policy.ts';
import { createSealedText, deriveKeys, type SealedText } from './sealed-text.ts';

/** Shows the personal data of messages as a field policy allows. */
export interface DataMask {
  readonly policy: FieldPolicy;
  /** Whether the policy hides or changes anything. */
  readonly isMasking: boolean;
  /** Returns null for a hidden address. */
  address(address: string | null): string | null;
  /** Seals cursors, because they contain a hash of the filter, and phone numbers can be guessed. Null if none is sealed. */
  readonly cursors: SealedText | null;
}

/** Shorter addresses, such as short codes, would be known by their last four characters. */
const MIN_LENGTH_FOR_LAST_FOUR = 8;
const PSEUDONYM_CHARACTERS = 16;
const MAX_CACHED_PSEUDONYMS = 10_000;

/**
 * Creates the masks of all policies. Equal numbers have equal pseudonyms, on every channel and in all gateways with the
 * same first encryption key.
 */
export function createDataMasks(encryptionKeys: readonly EncryptionKey[]): (policy: FieldPolicy) => DataMask {
  const [key] = deriveKeys(encryptionKeys, 'pseudonym v1');
  if (!key) throw new Error('no key');
  const sealed = createSealedText(encryptionKeys, 'masked cursor');
  const pseudonymOf = createPseudonyms(key);
  const masks: Record<AddressVisibility, DataMask['address']> = {
    SHOWN: (address) => address,
    LAST_FOUR: withPrefix((name) => `…${name.length < MIN_LENGTH_FOR_LAST_FOUR ? '' : name.slice(-4)}`),
    PSEUDONYM: withPrefix(pseudonymOf),
    HIDDEN: () => null,
  };
  return (policy) => ({
    policy,
    isMasking: isMasking(policy),
    address: masks[policy.addresses],
    cursors: policy.addresses === 'SHOWN' ? null : sealed,
  });
}

/** Keeps the prefix of a channel, e.g. `whatsapp:…0100`, so that the channel is still known. */
function withPrefix(mask: (name: string) => string): DataMask['address'] {
  return (address) => {
    if (address === null) return null;
    const prefix = /^[a-z]{1,21}:/i.exec(address)?.[0] ?? '';
    return prefix + mask(address.slice(prefix.length));
  };
}

function createPseudonyms(key: KeyObject): (name: string) => string {
  const pseudonyms = new LRUCache<string, string>({ max: MAX_CACHED_PSEUDONYMS });
  return (name) => {
    const known = pseudonyms.get(name);
    if (known !== undefined) return known;
    const made = `~${createHmac('sha256', key).update(name).digest('base64url').slice(0, PSEUDONYM_CHARACTERS)}`;
    pseudonyms.set(name, made);
    return made;
  };
}
