import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** Hashes two 32-bit numbers into one: every input bit affects about half of the output bits. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((b + 0x7f4a7c15) | 0, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  h ^= h >>> 15;
  return h >>> 0;
}

/** Picks an item by a 32-bit draw. */
export function pick<T>(list: readonly [T, ...T[]], draw: number): T {
  return list[draw % list.length] ?? list[0];
}

/** Source of all randomness in the sandbox: one seed always gives the same accounts and messages. */
export interface Seed {
  /** Derives 32 bytes from the seed and `label`. */
  bytes(label: string): Buffer;
  /** Derives a Twilio SID: `prefix` and 32 hex digits. */
  sid(prefix: string, label: string): string;
  /** Derives a 32-bit key for {@link mix}. */
  key(label: string): number;
}

export function createSeed(seed: number): Seed {
  const bytes = (label: string) => createHmac('sha256', `twilio-sandbox:${seed}`).update(label).digest();
  return {
    bytes,
    sid: (prefix, label) => prefix + bytes(`${prefix}:${label}`).toString('hex', 0, 16),
    key: (label) => bytes(`key:${label}`).readUInt32BE(0),
  };
}

/** Converts a message's index into its SID and back, without a table. */
export interface MessageSids {
  encode(prefix: 'SM' | 'MM', index: number): string;
  /**
   * Returns the index of a SID, or null for a malformed one. A SID of another account also gives an index, so
   * encode the index again and compare.
   */
  decode(sid: string): number | null;
}

const SID = /^(?:SM|MM)([0-9a-f]{32})$/;
const INDEX_BYTES = 6;

/** Encrypts the index as one AES block: six bytes of index and ten zeros. Each account has its own key. */
export function createMessageSids(seed: Seed, account: string): MessageSids {
  const key = seed.bytes(`message-sids:${account}`).subarray(0, 16);
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return {
    encode(prefix, index) {
      const block = Buffer.alloc(16);
      block.writeUIntBE(index, 0, INDEX_BYTES);
      return prefix + cipher.update(block).toString('hex');
    },
    decode(sid) {
      const hex = SID.exec(sid)?.[1];
      return hex === undefined ? null : decipher.update(Buffer.from(hex, 'hex')).readUIntBE(0, INDEX_BYTES);
    },
  };
}
