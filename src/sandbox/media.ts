import { rfc2822 } from './dates.ts';
import type { DateRange } from './message-list.ts';
import type { KeysetList } from './paging.ts';
import { pick, type Seed } from './random.ts';
import type { WireMessage } from './types.ts';

/** Minimal valid files of each type. */
const FILES: Readonly<Record<string, Buffer>> = {
  'image/jpeg': Buffer.from(
    `/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP${'/'.repeat(86)}wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=`,
    'base64',
  ),
  'image/png': Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  'image/gif': Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  'application/pdf': Buffer.from(
    '%PDF-1.0\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  ),
  'video/mp4': Buffer.from('AAAAGGZ0eXBpc29tAAACAGlzb21tcDQyAAAACG1kYXQ=', 'base64'),
};

/** The file of a media item, as opposed to its metadata. */
export class MediaFile {
  readonly contentType: string;

  constructor(contentType: string) {
    this.contentType = contentType;
  }

  get bytes(): Uint8Array {
    return FILES[this.contentType] ?? new Uint8Array();
  }
}

const TYPES = ['image/jpeg', 'image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'video/mp4'] as const;

/** An item of a Media list. Its file is at `uri` without `.json`. */
export interface WireMedia {
  sid: string;
  account_sid: string;
  parent_sid: string;
  content_type: string;
  date_created: string;
  date_updated: string;
  uri: string;
}

/** Returns a message's media, num_media of them. `created` is the message's creation in seconds. */
export function mediaOf(seed: Seed, message: WireMessage, created: number): WireMedia[] {
  return Array.from({ length: Number(message.num_media) }, (_, index) => {
    const sid = seed.sid('ME', `${message.sid}:${index}`);
    return {
      sid,
      account_sid: message.account_sid,
      parent_sid: message.sid,
      content_type: pick(TYPES, Number.parseInt(sid.slice(2, 8), 16)),
      date_created: rfc2822(created),
      date_updated: rfc2822(created + 1),
      uri: `/2010-04-01/Accounts/${message.account_sid}/Messages/${message.sid}/Media/${sid}.json`,
    };
  });
}

/** Wraps a message's media, all created in the same second, as a list for paging. */
export function mediaList(
  all: readonly WireMedia[],
  created: number,
  range: DateRange | null,
): KeysetList<number> {
  const inside = !range || (created * 1000 >= range.from && created * 1000 <= range.to);
  const positions = inside ? all.map((_, index) => index) : [];
  return {
    position(sid) {
      const index = all.findIndex((item) => item.sid === sid);
      return index < 0 ? undefined : index;
    },
    sidAt: (position) => all[position]?.sid ?? '',
    after: (position) => (position === undefined ? positions : positions.slice(position + 1)),
    before: (position) => positions.slice(0, position).reverse(),
  };
}
