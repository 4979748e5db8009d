import { promisify } from 'node:util';
import { type BrotliOptions, brotliCompress, constants, gzip, type ZlibOptions } from 'node:zlib';
import { parseAccept } from 'hono/utils/accept';

/** The better one first. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface Encoded {
  readonly encoding: Encoding;
  readonly body: Buffer<ArrayBuffer>;
}

type Compress<O> = (body: string | Uint8Array, options: O) => Promise<Buffer<ArrayBuffer>>;

const brotli = promisify(brotliCompress) as Compress<BrotliOptions>;
const zip = promisify(gzip) as Compress<ZlibOptions>;

/**
 * Compresses a body of at least `fromBytes` off the main thread, if the client accepts it; otherwise undefined. Hono's
 * compress middleware has no Brotli, and streams.
 */
export async function compress(
  body: string | Uint8Array,
  acceptEncoding: string | null | undefined,
  fromBytes: number,
): Promise<Encoded | undefined> {
  // As many characters are at least as many bytes.
  if (fromBytes === 0 || body.length < fromBytes) return undefined;
  const encoding = preferredEncoding(acceptEncoding);
  return encoding && { encoding, body: await encode(body, encoding) };
}

/** Undefined if the client accepts neither. */
export function preferredEncoding(acceptEncoding: string | null | undefined): Encoding | undefined {
  if (!acceptEncoding) return undefined;
  const accepted = parseAccept(acceptEncoding.toLowerCase());
  return ENCODINGS.find((encoding) => accepted.some(({ type, q }) => type === encoding && q > 0));
}

/**
 * The fastest levels for what is sent once: of 1,000 messages (390 kB) Brotli leaves 14 % in 1 ms, gzip 16 % in
 * 3 ms, and better levels little less in three times that. `again` for what is compressed once and sent often.
 */
export function encode(
  body: string | Uint8Array,
  encoding: Encoding,
  { again = false } = {},
): Promise<Buffer<ArrayBuffer>> {
  if (encoding === 'gzip') return zip(body, { level: again ? 6 : 1 });
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: again ? 5 : 1,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  };
  return brotli(body, { params });
}
