import { createHmac, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AddressVisibility } from './field-policy.ts';

/** Shows an address as a policy allows; null for one that is hidden. */
export type AddressMask = (address: string) => string | null;

/** Shorter addresses, such as short codes, would be known by their last four characters. */
const MIN_LENGTH_FOR_LAST_FOUR = 8;
const PSEUDONYM_CHARACTERS = 16;

/**
 * Creates the mask of a policy. The prefix of a channel stays, e.g. `whatsapp:…0100`, so that the channel is still known.
 *
 * @param key of the pseudonyms, the same in all gateways: equal numbers have equal pseudonyms, on every channel
 */
export function createAddressMask(visibility: AddressVisibility, key: KeyObject): AddressMask {
  if (visibility === 'SHOWN') return (address) => address;
  if (visibility === 'HIDDEN') return () => null;
  const pseudonyms = new LRUCache<string, string>({ max: 10_000 });
  const mask =
    visibility === 'LAST_FOUR'
      ? (name: string) => `…${name.length < MIN_LENGTH_FOR_LAST_FOUR ? '' : name.slice(-4)}`
      : (name: string) => {
          const known = pseudonyms.get(name);
          if (known !== undefined) return known;
          const made = `~${createHmac('sha256', key).update(name).digest('base64url').slice(0, PSEUDONYM_CHARACTERS)}`;
          pseudonyms.set(name, made);
          return made;
        };
  return (address) => {
    const prefix = /^[a-z]{1,21}:/i.exec(address)?.[0] ?? '';
    return prefix + mask(address.slice(prefix.length));
  };
}

/** Numbers and addresses in a text of Twilio's, such as `To number: +14155550100 is not valid`. */
const ADDRESS_IN_TEXT = /(?:\b[a-z]{1,16}:)?\+?\d[\d\s().-]{2,24}\d/gi;

/** Replaces what may be an address in a text. */
export function maskText(text: string): string {
  return text.replace(ADDRESS_IN_TEXT, '…');
}
