import { crc32, deflateSync } from 'node:zlib';
import { rfc2822 } from './dates.ts';
import type { DateRange } from './message-list.ts';
import type { KeysetList } from './paging.ts';
import { pick, type Seed } from './random.ts';
import type { SandboxResponse, WireMessage } from './types.ts';

/** Small valid files of each type, which browsers show. */
const FILES: Readonly<Record<string, Buffer>> = {
  'image/jpeg': Buffer.from(
    [
      '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb',
      'qmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAg',
      'ADADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAQAD/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAMCBP',
      '/EABURAQEAAAAAAAAAAAAAAAAAAAEA/9oADAMBAAIRAxEAPwDUINywNBAS0tBAa0tqEDLW0EBLQ0EBrS3/2Q==',
    ].join(''),
    'base64',
  ),
  'image/gif': Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  'application/pdf': Buffer.from(
    '%PDF-1.0\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  ),
  'video/mp4': Buffer.from('AAAAGGZ0eXBpc29tAAACAGlzb21tcDQyAAAACG1kYXQ=', 'base64'),
};

/** Where a file is. Twilio's API redirects to a host that stores files and needs no authentication. */
export class MediaRedirect {
  readonly location: string;

  constructor({ sid, content_type }: Pick<WireMedia, 'sid' | 'content_type'>, origin: string) {
    this.location = `${origin}/stored-media/${sid}/${content_type}`;
  }
}

const STORED_FILE = /^\/stored-media\/(ME[0-9a-f]{32})\/(image|video|application)\/(\w+)$/;

/**
 * Serves a stored file, with ranges. Like Amazon S3, it rejects a request that has an Authorization header besides its signed
 * URL.
 */
export function storedFile(
  path: string,
  authorization: string | undefined,
  range: string | undefined,
): Omit<SandboxResponse, 'body'> | null {
  const match = STORED_FILE.exec(path);
  if (!match) return null;
  const [, sid = '', type, subtype] = match;
  if (authorization)
    return { status: 400, headers: {}, bytes: Buffer.from('Only one auth mechanism allowed') };
  const contentType = `${type}/${subtype}`;
  const bytes = contentType === 'image/png' ? picture(sid) : (FILES[contentType] ?? Buffer.alloc(0));
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes', etag: `"${sid}"` };
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '') return { status: 200, headers, bytes };
  const [from, to] = [
    Number(first),
    Math.min(last === '' ? bytes.length - 1 : Number(last), bytes.length - 1),
  ];
  if (from > to)
    return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` }, bytes: Buffer.alloc(0) };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${to}/${bytes.length}` },
    bytes: bytes.subarray(from, to + 1),
  };
}

const WIDTH = 320;
const HEIGHT = 200;

/** A PNG of stripes in colours that depend on the SID. */
function picture(sid: string): Buffer {
  const colors = Buffer.from(sid.slice(2), 'hex');
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const stripe = Math.floor((x + y) / 40) % 5;
      colors.copy(rows, y * (1 + WIDTH * 3) + 1 + x * 3, stripe * 3, stripe * 3 + 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // 8 bits a channel, red, green and blue.
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

const TYPES = ['image/jpeg', 'image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'video/mp4'] as const;

/** An item of a Media list. Its file is at `uri` without `.json`. */
export type WireMedia = ReturnType<typeof mediaOf>[number];

/** Returns a message's media, num_media of them. `created` is the message's creation in seconds. */
export function mediaOf(seed: Seed, message: WireMessage, created: number) {
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
