import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAddressMask, maskText } from '../../src/policy/address-mask.ts';
import { isMasking, readFieldPolicy, SHOW_ALL } from '../../src/policy/field-policy.ts';

const key = createSecretKey(randomBytes(32));

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
    const mask = createAddressMask('LAST_FOUR', key);
    expect(mask('+14155550100')).toBe('…0100');
    expect(mask('whatsapp:+14155550100')).toBe('whatsapp:…0100');
    expect(mask('12345')).toBe('…');
    expect(mask('ACME')).toBe('…');
  });

  test('a pseudonym is the same for a number on every channel, and other with another key', () => {
    const mask = createAddressMask('PSEUDONYM', key);
    const plain = mask('+14155550100');
    expect(plain).toMatch(/^~[\w-]{16}$/);
    expect(mask('whatsapp:+14155550100')).toBe(`whatsapp:${plain}`);
    expect(mask('+14155550101')).not.toBe(plain);
    expect(createAddressMask('PSEUDONYM', createSecretKey(randomBytes(32)))('+14155550100')).not.toBe(plain);
  });

  test('never returns more than it may', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (number) => {
        expect(createAddressMask('LAST_FOUR', key)(number)).toBe(`…${number.slice(-4)}`);
        expect(createAddressMask('PSEUDONYM', key)(number)).not.toContain(number.slice(1));
        expect(createAddressMask('HIDDEN', key)(number)).toBeNull();
      }),
    );
  });

  test('removes numbers from texts', () => {
    expect(maskText("The 'To' number whatsapp:+14155550100 is not valid")).toBe(
      "The 'To' number … is not valid",
    );
    expect(maskText('call (415) 555-0100 now')).not.toContain('555');
    expect(maskText('Unreachable destination handset')).toBe('Unreachable destination handset');
  });
});
