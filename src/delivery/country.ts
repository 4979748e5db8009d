import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';
import { phoneNumberIn } from './participant.ts';

const require = createRequire(import.meta.url);

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
  // Loaded when it is first needed: its tables take a tenth of a second.
  const { parsePhoneNumberFromString } =
    require('libphonenumber-js/min') as typeof import('libphonenumber-js/min');
  const parsed = parsePhoneNumberFromString(number);
  const country = parsed?.country ?? parsed?.getPossibleCountries()[0] ?? null;
  // Not a country: the codes of satellite phones and international services.
  const found = { country: country && /^[A-Z]{2}$/.test(country) ? country : null };
  countries.set(number, found);
  return found.country;
}
