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
  const library = require('libphonenumber-js/min') as typeof import('libphonenumber-js/min');
  callingCodes ??= callingCodesOf(library);
  const found = { country: soleCountryOf(number, callingCodes) ?? parse(number, library) };
  countries.set(number, found);
  return found.country;
}

type Library = typeof import('libphonenumber-js/min');

function parse(number: string, { parsePhoneNumberFromString }: Library): CountryCode | null {
  const parsed = parsePhoneNumberFromString(number);
  const country = parsed?.country ?? parsed?.getPossibleCountries()[0] ?? null;
  // Not a country: the codes of satellite phones and international services.
  return country && /^[A-Z]{2}$/.test(country) ? country : null;
}

/** The calling codes with their country; null for several. */
let callingCodes: ReadonlyMap<string, CountryCode | null> | undefined;

function callingCodesOf({ getCountries, getCountryCallingCode }: Library) {
  const codes = new Map<string, CountryCode | null>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    codes.set(code, codes.has(code) ? null : country);
  }
  return codes;
}

/** The country of a number whose calling code has only that one, which needs no parser. No code begins with another one. */
function soleCountryOf(
  number: string,
  codes: ReadonlyMap<string, CountryCode | null>,
): CountryCode | undefined {
  // The parser rejects shorter numbers.
  if (number.length < 8) return undefined;
  for (let digits = 1; digits <= 3; digits += 1) {
    const country = codes.get(number.slice(1, digits + 1));
    if (country !== undefined) return country ?? undefined;
  }
  return undefined;
}
