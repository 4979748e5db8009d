import type { Filter, FilterKey } from './filter.ts';

export const KEY_NAMES: Readonly<Record<FilterKey, string>> = {
  account: 'Account',
  with: 'Person',
  from: 'From',
  to: 'To',
  service: 'Messaging Service',
  outcome: 'Outcome',
  status: 'Status',
  error: 'Error code',
  direction: 'Direction',
  channel: 'Channel',
  country: 'Country',
  media: 'Media',
  text: 'Text',
  range: 'Time',
};

const SPECIAL: Readonly<Record<string, string>> = {
  SMS: 'SMS',
  MMS: 'MMS',
  RCS: 'RCS',
  WHATSAPP: 'WhatsApp',
  OUTBOUND_API: 'Outbound (API)',
  OUTBOUND_REPLY: 'Outbound (reply)',
  OUTBOUND_CALL: 'Outbound (call)',
  PARTIALLY_DELIVERED: 'Partially delivered',
};

/** An enum's value as a word: `OUTBOUND_API` → `Outbound (API)`. */
export function wordOf(value: string): string {
  return SPECIAL[value] ?? value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ');
}

let regions: Intl.DisplayNames | undefined;

/** The name of a country in English. */
export function countryName(code: string): string {
  regions ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

/** The values of a condition in words. */
export function describe(filter: Filter, key: FilterKey): string {
  const value = filter[key];
  if (key === 'media') return value ? 'With media' : 'Without media';
  if (key === 'country') return filter.country.map(countryName).join(', ');
  if (Array.isArray(value)) {
    const isEnum = key !== 'account' && key !== 'service' && key !== 'error';
    return value.map((one) => (isEnum ? wordOf(String(one)) : String(one))).join(', ');
  }
  return String(value ?? '');
}
