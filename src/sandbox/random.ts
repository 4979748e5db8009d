import { createHmac } from 'node:crypto';

/** Mixes two 32-bit numbers into one: every bit of either changes about half the bits of the answer. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((b + 0x7f4a7c15) | 0, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  h ^= h >>> 15;
  return h >>> 0;
}

/** Picks from a list by a 32-bit draw. */
export function pick<T>(list: readonly [T, ...T[]], draw: number): T {
  return list[draw % list.length] ?? list[0];
}

/** Everything in the sandbox that looks random comes out of one of these, so one seed gives one world. */
export interface Seed {
  /** 32 bytes for `label`; the same seed and label always give the same bytes. */
  bytes(label: string): Buffer;
  /** `prefix` and 32 hex digits, the shape of every Twilio SID. */
  sid(prefix: string, label: string): string;
  /** A 32-bit key for {@link mix}. */
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
