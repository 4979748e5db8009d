import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Seed } from './random.ts';

/** Turns a message's index into the 32 hex digits of its SID and back, without keeping a table. */
export interface MessageSids {
  encode(prefix: 'SM' | 'MM', index: number): string;
  /**
   * The index behind a SID, or null for what is no SID. A SID of elsewhere gives some index too: encode it
   * again and compare.
   */
  decode(sid: string): number | null;
}

const SID = /^(?:SM|MM)([0-9a-f]{32})$/;
const INDEX_BYTES = 6;

/** One AES block per SID: the index in six bytes, and zeros. Each account has its own key. */
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
