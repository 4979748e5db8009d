import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { createDataMasks } from '../../src/policy/data-mask.ts';
import {
  type AddressVisibility,
  isMasking,
  readFieldPolicy,
  SHOW_ALL,
} from '../../src/policy/field-policy.ts';

const keys = parseEncryptionKeys(generateEncryptionKey());
const maskOf = (addresses: AddressVisibility, encryptionKeys = keys) =>
  createDataMasks(encryptionKeys)({ ...SHOW_ALL, addresses }).address;

describe('a field policy', () => {
  test('shows what it does not mention', () => {
    expect(readFieldPolicy(undefined)).toEqual(SHOW_ALL);
    expect(readFieldPolicy({})).toEqual(SHOW_ALL);
    expect(readFieldPolicy({ bodies: 'HIDDEN' })).toEqual({ ...SHOW_ALL, bodies: 'HIDDEN' });
  });

  test('hides where a value is not known', () => {
    const hidden = { bodies: 'HIDDEN', addresses: 'HIDDEN', media: 'HIDDEN' };
    for (const value of ['', 'SHOWN', 7, [], true]) expect(readFieldPolicy(value)).toEqual(hidden);
    expect(readFieldPolicy({ bodies: 'shown', addresses: 'LAST_FIVE', media: null })).toEqual(hidden);
  });

  test('says whether it masks anything', () => {
    expect(isMasking(SHOW_ALL)).toBe(false);
    expect(isMasking({ ...SHOW_ALL, addresses: 'LAST_FOUR' })).toBe(true);
  });
});

describe('the mask of addresses', () => {
  test('shows the last four digits, but of no short address', () => {
    const mask = maskOf('LAST_FOUR');
    expect(mask('+14155550100')).toBe('…0100');
    expect(mask('whatsapp:+14155550100')).toBe('whatsapp:…0100');
    expect(mask('12345')).toBe('…');
    expect(mask('ACME')).toBe('…');
    expect(mask(null)).toBeNull();
  });

  test('a pseudonym is the same for a number on every channel, and other with another key', () => {
    const mask = maskOf('PSEUDONYM');
    const plain = mask('+14155550100');
    expect(plain).toMatch(/^~[\w-]{16}$/);
    expect(mask('whatsapp:+14155550100')).toBe(`whatsapp:${plain}`);
    expect(mask('+14155550101')).not.toBe(plain);
    expect(maskOf('PSEUDONYM')('+14155550100')).toBe(plain);
    const other = parseEncryptionKeys(generateEncryptionKey());
    expect(maskOf('PSEUDONYM', other)('+14155550100')).not.toBe(plain);
  });

  test('never returns more than it may', () => {
    const [lastFour, pseudonym, hidden] = [maskOf('LAST_FOUR'), maskOf('PSEUDONYM'), maskOf('HIDDEN')];
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (number) => {
        expect(lastFour(number)).toBe(`…${number.slice(-4)}`);
        expect(pseudonym(number)).not.toContain(number.slice(1));
        expect(hidden(number)).toBeNull();
      }),
    );
  });
});
