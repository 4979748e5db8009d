import { describe, expect, test } from 'vitest';
import {
  EncryptionKeysInvalidError,
  generateEncryptionKey,
  parseEncryptionKeys,
} from '../../src/config/encryption-keys.ts';
import { createCipher, type SealContext } from '../../src/store/cipher.ts';
import { EncryptionKeyMissingError } from '../../src/store/store-errors.ts';
import { cipherOf, KEY, OTHER_KEY } from './test-engines.ts';

const context: SealContext = { purpose: 'client-secret', id: 'one' };

describe('a sealed value', () => {
  const cipher = cipherOf(KEY);
  const sealed = cipher.seal('sécret', context);

  test('opens again, does not contain the secret, and differs each time', () => {
    expect(cipher.open(sealed, context)).toBe('sécret');
    expect(sealed).toMatch(/^v1\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
    expect(cipher.seal('sécret', context)).not.toBe(sealed);
  });

  test.each([
    { purpose: 'client-secret', id: 'two' },
    { purpose: 'refresh-token', id: 'one' },
  ] as const)('does not open in another context: %j', (other) => {
    expect(() => cipher.open(sealed, other)).toThrow(expect.objectContaining({ reason: 'tampered' }));
  });

  test('does not open after a change of any byte', () => {
    const [version, keyId, nonce = '', text = ''] = sealed.split('.');
    const flips = (part: string) => {
      const bytes = Buffer.from(part, 'base64url');
      return [...bytes.keys()].map((index) => {
        const copy = Buffer.from(bytes);
        copy[index] = (copy[index] ?? 0) ^ 1;
        return copy.toString('base64url');
      });
    };
    const changed = [
      ...flips(nonce).map((other) => [version, keyId, other, text].join('.')),
      ...flips(text).map((other) => [version, keyId, nonce, other].join('.')),
    ];
    for (const value of changed) {
      expect(() => cipher.open(value, context)).toThrow(expect.objectContaining({ reason: 'tampered' }));
    }
  });

  test.each(['', 'sécret', sealed.replace('v1', 'v2'), sealed.slice(0, 40), `${sealed}=`])(
    'in another format is malformed: %j',
    (value) => {
      expect(() => cipher.open(value, context)).toThrow(expect.objectContaining({ reason: 'malformed' }));
    },
  );

  test('with an unknown key is an error', () => {
    const other = cipherOf(OTHER_KEY);
    expect(() => other.open(sealed, context)).toThrow(expect.objectContaining({ reason: 'unknown-key' }));
  });

  test('opens with any key; the first key seals', () => {
    const both = cipherOf(`${OTHER_KEY},${KEY}`);
    expect(both.open(sealed, context)).toBe('sécret');
    expect(both.needsReseal(sealed)).toBe(true);
    const resealed = both.seal('sécret', context);
    expect(both.needsReseal(resealed)).toBe(false);
    expect(cipherOf(OTHER_KEY).open(resealed, context)).toBe('sécret');
  });
});

describe('encryption keys', () => {
  const bytes = Buffer.from(KEY, 'hex');

  test.each([
    KEY,
    KEY.toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ` 2026: ${bytes.toString('base64')} `,
  ])('are parsed from hex, base64 and base64url, with and without a name: %j', (text) => {
    const [key] = parseEncryptionKeys(text);
    expect(key?.key.export()).toEqual(bytes);
    expect(key?.name).toBe(text.includes(':') ? '2026' : null);
  });

  test('a generated key is valid', () => {
    expect(parseEncryptionKeys(generateEncryptionKey())).toHaveLength(1);
  });

  test.each([
    ['', 'key 1 is empty'],
    [`${KEY},`, 'key 2 is empty'],
    [`${KEY},a:${bytes.toString('base64')}`, 'key 2 is a duplicate'],
    [KEY.slice(2), 'key 1 has 46 bytes instead of 32'],
    ['a passphrase of thirty-two chars', 'key 1 is neither base64 nor hex'],
    ['00'.repeat(32), 'key 1 is not random'],
    [`my key!:${KEY}`, 'key 1 has a name'],
  ])('that are invalid are rejected without being repeated: %j', (text, words) => {
    const read = () => parseEncryptionKeys(text);
    expect(read).toThrow(EncryptionKeysInvalidError);
    expect(read).toThrow(words);
    const parts = text.split(/[,:]/).filter((part) => part.length > 3);
    try {
      read();
    } catch (error) {
      for (const part of parts) expect(String(error)).not.toContain(part);
    }
  });

  test('at least one is required', () => {
    expect(() => createCipher([])).toThrow(EncryptionKeyMissingError);
  });
});
