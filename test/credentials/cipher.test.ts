import { describe, expect, test } from 'vitest';
import { createCipher, type SealContext } from '../../src/credentials/cipher.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/credentials/encryption-keys.ts';
import { EncryptionKeyMissingError, EncryptionKeysInvalidError } from '../../src/credentials/store-errors.ts';
import { cipherOf, KEY, OTHER_KEY } from './homes.ts';

const place: SealContext = { purpose: 'client-secret', id: 'one' };

describe('a sealed value', () => {
  const cipher = cipherOf(KEY);
  const sealed = cipher.seal('sécret', place);

  test('opens again, shows nothing, and is another one each time', () => {
    expect(cipher.open(sealed, place)).toBe('sécret');
    expect(sealed).toMatch(/^v1\.[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
    expect(cipher.seal('sécret', place)).not.toBe(sealed);
  });

  test.each([
    { purpose: 'client-secret', id: 'two' },
    { purpose: 'refresh-token', id: 'one' },
  ] as const)('does not open in another place: %j', (other) => {
    expect(() => cipher.open(sealed, other)).toThrow(expect.objectContaining({ reason: 'tampered' }));
  });

  test('does not open when any bit of it was changed', () => {
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
      expect(() => cipher.open(value, place)).toThrow(expect.objectContaining({ reason: 'tampered' }));
    }
  });

  test.each(['', 'sécret', sealed.replace('v1', 'v2'), sealed.slice(0, 40), `${sealed}=`])(
    'that this program did not write is malformed: %j',
    (value) => {
      expect(() => cipher.open(value, place)).toThrow(expect.objectContaining({ reason: 'malformed' }));
    },
  );

  test('of another key says so', () => {
    const other = cipherOf(OTHER_KEY);
    expect(() => other.open(sealed, place)).toThrow(expect.objectContaining({ reason: 'unknown-key' }));
  });

  test('opens with any key of the list; the first one seals', () => {
    const both = cipherOf(`${OTHER_KEY},${KEY}`);
    expect(both.open(sealed, place)).toBe('sécret');
    expect(both.needsReseal(sealed)).toBe(true);
    const anew = both.seal('sécret', place);
    expect(both.needsReseal(anew)).toBe(false);
    expect(cipherOf(OTHER_KEY).open(anew, place)).toBe('sécret');
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
  ])('are read from hex, base64 and base64url, with and without a name: %j', (text) => {
    const [key] = parseEncryptionKeys(text);
    expect(key?.key.export()).toEqual(bytes);
    expect(key?.name).toBe(text.includes(':') ? '2026' : null);
  });

  test('a generated key can be read', () => {
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
  ])('that cannot be used are refused without being repeated: %j', (text, words) => {
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

  test('there has to be one', () => {
    expect(() => createCipher([])).toThrow(EncryptionKeyMissingError);
  });
});
