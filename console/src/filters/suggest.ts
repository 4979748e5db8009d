import { CHANNELS, type Filter, OUTCOMES, STATUSES } from './filter.ts';
import { countryName, KEY_NAMES, wordOf } from './words.ts';

/** A condition that a typed text may mean. */
export interface Suggestion {
  readonly key: keyof Filter;
  /** E.g. `Error code: 30003`. */
  readonly name: string;
  readonly change: Partial<Filter>;
}

const MAX_SUGGESTIONS = 8;

/**
 * What a typed text may mean as a condition, the likeliest first: a number is a person or an error code, a word is a
 * status, a country or a channel, and anything may be in the text of a message.
 *
 * @param allowed the conditions that the screen and the caller's field policy allow
 */
export function suggest(
  typed: string,
  filter: Filter,
  allowed: readonly (keyof Filter)[],
): readonly Suggestion[] {
  const text = typed.trim();
  if (text === '') return [];
  const found: Suggestion[] = [];
  const add = (key: keyof Filter, value: string, change: Partial<Filter>) => {
    if (allowed.includes(key)) found.push({ key, name: `${KEY_NAMES[key]}: ${value}`, change });
  };
  const address = text.replace(/(?<=\d|\))[\s().-]+(?=[\d(])|(?<=\+\d+)\s+/g, '').replace(/[()]/g, '');
  if (/^(?:[a-z]+:)?\+\d{4,15}$/i.test(address) || /^[a-z]+:\S+$/i.test(address)) {
    add('with', address, { with: address });
    add('from', address, { from: address });
    add('to', address, { to: address });
  }
  if (/^\d{4,6}$/.test(text)) {
    const code = Number(text);
    add('error', text, { error: unite(filter.error, code) });
  }
  if (/^MG[0-9a-f]{32}$/.test(text)) add('service', text, { service: unite(filter.service, text) });
  if (/^AC[0-9a-f]{32}$/.test(text)) add('account', text, { account: unite(filter.account, text) });
  const word = text.toLowerCase();
  const matches = (name: string) => name.toLowerCase().startsWith(word);
  for (const one of OUTCOMES) {
    if (matches(wordOf(one))) add('outcome', wordOf(one), { outcome: unite(filter.outcome, one) });
  }
  for (const one of STATUSES) {
    if (matches(wordOf(one))) add('status', wordOf(one), { status: unite(filter.status, one) });
  }
  for (const one of CHANNELS) {
    if (matches(wordOf(one))) add('channel', wordOf(one), { channel: unite(filter.channel, one) });
  }
  if (matches('inbound')) add('direction', 'Inbound', { direction: ['INBOUND'] });
  if (matches('outbound')) {
    add('direction', 'Outbound', { direction: ['OUTBOUND_API', 'OUTBOUND_REPLY', 'OUTBOUND_CALL'] });
  }
  if (matches('with media')) add('media', 'With media', { media: true });
  if (/^[a-z]{2}$/i.test(text)) {
    const code = text.toUpperCase();
    if (countryName(code) !== code)
      add('country', countryName(code), { country: unite(filter.country, code) });
  }
  add('text', `“${text}”`, { text });
  if (!/^\+/.test(address) && /^\d{4,6}$|^[A-Za-z0-9 ]{3,11}$/.test(text)) add('from', text, { from: text });
  return found.slice(0, MAX_SUGGESTIONS);
}

function unite<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list : [...list, item];
}
