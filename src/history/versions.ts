import type { WireMessage } from '../twilio/resources/messages.ts';
import { DIGEST_BYTES, digestOf, secondsOf, sidBytes } from './message-row.ts';

const SID_BYTES = 16;
const VERSION_BYTES = SID_BYTES + DIGEST_BYTES;

/** The versions of messages in few bytes, by which the store tells whether it has them. */
export interface MessageVersions {
  /** For each message the 16 bytes of its SID and 6 of its digest. */
  readonly bytes: Uint8Array;
  /** When the messages were created, in seconds, both inclusive. */
  readonly first: number;
  readonly last: number;
}

export function versionsOf(messages: readonly WireMessage[]): MessageVersions {
  const bytes = Buffer.alloc(messages.length * VERSION_BYTES);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const [index, message] of messages.entries()) {
    const place = index * VERSION_BYTES;
    bytes.set(sidBytes(message.sid), place);
    bytes.writeUIntBE(digestOf(message), place + SID_BYTES, DIGEST_BYTES);
    const created = secondsOf(message.date_created) ?? 0;
    first = Math.min(first, created);
    last = Math.max(last, created);
  }
  return { bytes, first: Math.min(first, last), last };
}

/** The SIDs and digests of versions, in their order. */
export function readVersions({ bytes }: MessageVersions): { sid: Uint8Array; digest: number }[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / VERSION_BYTES) }, (_, index) => {
    const place = index * VERSION_BYTES;
    return {
      sid: view.subarray(place, place + SID_BYTES),
      digest: view.readUIntBE(place + SID_BYTES, DIGEST_BYTES),
    };
  });
}
