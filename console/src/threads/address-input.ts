/** What someone typed as a person's address: the address as Twilio writes it, or what is wrong with it. */
export type AddressInput = { readonly address: string } | { readonly problem: string };

const EXAMPLE = 'e.g. +1 415 555 0125 or whatsapp:+14155550125';

/**
 * Reads a number or channel address as people write and paste them: with spaces, brackets, `00` for `+`, and the invisible
 * characters that address books add.
 */
export function readAddress(typed: string): AddressInput {
  const text = typed.replace(/[\p{Cf}\p{Cc}]/gu, '').trim();
  if (text === '') return { problem: `Enter a phone number or a channel address, ${EXAMPLE}.` };
  const [, prefix = '', rest = ''] = /^([a-z]{1,21}:)?(.*)$/is.exec(text) ?? [];
  const channel = prefix.toLowerCase();
  if (!/^[\d\s()./+\u2010-\u2015-]+$/.test(rest)) {
    const isName = /^[\w.@ -]{1,100}$/.test(rest) && (channel !== '' || /^[A-Za-z0-9 ]{1,11}$/.test(rest));
    return isName ? { address: channel + rest.trim() } : { problem: `This is no phone number, ${EXAMPLE}.` };
  }
  const number = rest.replace(/[^\d+]/g, '').replace(/^00/, '+');
  if (/^\+[1-9]\d{4,14}$/.test(number)) return { address: channel + number };
  if (number.startsWith('+')) {
    return { problem: 'A number has 5 to 15 digits after the “+”, the country code first.' };
  }
  // A short code; some channels have numbers of their own.
  if (channel !== '' || /^\d{3,8}$/.test(number)) return { address: channel + number };
  return { problem: `Begin with “+” and the country code, ${EXAMPLE}.` };
}
