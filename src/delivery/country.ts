import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';
import { phoneNumberIn } from './participant.ts';

const require = createRequire(import.meta.url);

/** Countries that share a calling code, by the code, the first digits after it, and the length: to parse a number takes 30 µs. */
const countries = new LRUCache<string, { country: CountryCode | null }>({ max: 10_000 });
/** This many digits after a shared calling code tell its countries apart. */
const TELLING_DIGITS = 5;

/**
 * The country of a phone number, by its ISO 3166-1 code. Where countries share a code and the number does not tell, the
 * main one of the code. Null for an address without a number.
 */
export function countryOf(address: string | null): CountryCode | null {
  const number = address === null ? undefined : phoneNumberIn(address);
  if (number === undefined) return null;
  // Loaded when it is first needed: its tables take a tenth of a second.
  library ??= require('libphonenumber-js/min') as Library;
  callingCodes ??= callingCodesOf(library);
  const code = callingCodeOf(number, callingCodes);
  const sole = callingCodes.get(code);
  // The parser rejects shorter numbers.
  if (sole && number.length >= 8) return sole;
  const key = `${number.slice(0, 1 + code.length + TELLING_DIGITS)} ${number.length}`;
  const known = countries.get(key);
  if (known) return known.country;
  const country = parse(number, library);
  countries.set(key, { country });
  return country;
}

type Library = typeof import('libphonenumber-js/min');
let library: Library | undefined;

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

/** The calling code of a number; none is the beginning of another one. Three digits where it is not known. */
function callingCodeOf(number: string, codes: ReadonlyMap<string, CountryCode | null>): string {
  for (const digits of [1, 2]) {
    const code = number.slice(1, digits + 1);
    if (codes.has(code)) return code;
  }
  return number.slice(1, 4);
}
