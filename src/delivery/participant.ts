import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';

/** The fields of a message that determine its participant, as in Twilio's API. */
export interface Parties {
  readonly direction?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** The other party of a message: its sender if it is inbound, else its recipient. Null while Twilio names none. */
export function participantOf({ direction, from, to }: Parties): string | null {
  return (direction === 'inbound' ? from : to) ?? null;
}

const NUMBER = /^(?:[a-z]+:)?(\+[1-9]\d{1,14})$/;

/** The E.164 number in an address, without a channel's prefix; undefined if it has none. */
export function phoneNumberIn(address: string): string | undefined {
  return NUMBER.exec(address)?.[1];
}

/** Countries of recent numbers: to parse one takes about 30 µs, and most recur. */
const countries = new LRUCache<string, { country: CountryCode | null }>({ max: 10_000 });

/**
 * The country of a phone number, by its ISO 3166-1 code. Where countries share a code and the number does not tell, the
 * main one of the code. Null for an address without a number.
 */
export function countryOf(address: string | null): CountryCode | null {
  const number = address === null ? undefined : phoneNumberIn(address);
  if (number === undefined) return null;
  const known = countries.get(number);
  if (known) return known.country;
  const parsed = parsePhoneNumberFromString(number);
  const country = parsed?.country ?? parsed?.getPossibleCountries()[0] ?? null;
  // Not a country: the codes of satellite phones and international services.
  const found = { country: country && /^[A-Z]{2}$/.test(country) ? country : null };
  countries.set(number, found);
  return found.country;
}
