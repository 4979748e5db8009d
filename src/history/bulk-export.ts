import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TwilioResponseError } from '../twilio/errors.ts';
import { asObject } from '../twilio/parse.ts';
import { messages, type WireMessage } from '../twilio/resources/messages.ts';

/** A line of a file is not a message of Bulk Export, or the file cannot be read to its end. */
export class BulkExportError extends Error {
  override readonly name = 'BulkExportError';
  /** From 1. */
  readonly line: number;

  /** @param why without what the line says */
  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** Characters of one line; a message has 1,600 of text at most. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Reads a day file of Twilio's Bulk Export: JSON lines, with gzip or without. What the export leaves out (`price_unit`,
 * `error_message`) is null.
 *
 * @throws {BulkExportError}
 * @see https://www.twilio.com/docs/usage/bulkexport/day
 */
export async function* readBulkExport(
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: number; readonly message: WireMessage }> {
  let line = 0;
  try {
    for await (const text of linesOf(file)) {
      line += 1;
      if (text.trim() === '') continue;
      yield { line, message: toMessage(text, line) };
    }
  } catch (error) {
    if (error instanceof BulkExportError) throw error;
    if (isZlibError(error))
      throw new BulkExportError(line + 1, 'the compressed data is damaged or incomplete');
    throw error;
  }
}

async function* linesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let count = 0;
  for await (const chunk of await decompressed(file)) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    count += lines.length;
    if (rest.length > LONGEST_LINE)
      throw new BulkExportError(count + 1, 'it has more than a million characters');
    yield* lines;
  }
  yield rest + decoder.decode();
}

/** Unpacks a file that begins as gzip does. */
async function decompressed(file: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = file[Symbol.asyncIterator]();
  const first = await chunks.next();
  async function* all() {
    if (first.done) return;
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  const isGzip = !first.done && first.value[0] === 0x1f && first.value[1] === 0x8b;
  // The error of either stream ends the iteration of the last.
  return isGzip ? pipeline(Readable.from(all(), { objectMode: false }), createGunzip(), () => {}) : all();
}

function toMessage(text: string, line: number): WireMessage {
  try {
    const given = asObject(JSON.parse(text), 'a message');
    const created = rfc2822(given.date_created);
    if (created === null) throw new TwilioResponseError('it has no date_created');
    return messages.parse({
      sid: given.sid,
      account_sid: given.account_sid,
      body: given.body ?? null,
      from: given.from ?? null,
      to: given.to ?? null,
      direction: given.direction ?? null,
      status: given.status,
      error_code: codeOf(given.error_code),
      error_message: given.error_message ?? null,
      num_segments: textOf(given.num_segments),
      num_media: textOf(given.num_media),
      price: textOf(given.price),
      price_unit: given.price_unit ?? null,
      messaging_service_sid: given.messaging_service_sid ?? null,
      date_created: created,
      date_sent: rfc2822(given.date_sent),
      date_updated: rfc2822(given.date_updated) ?? created,
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw new BulkExportError(line, 'it is not JSON');
    if (error instanceof TwilioResponseError) throw new BulkExportError(line, error.message);
    throw error;
  }
}

/** Without a zone, a time is in UTC. */
const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Turns an ISO 8601 date into the form that the API has. */
function rfc2822(value: unknown): string | null {
  const [, day, time = '00:00:00', zone = 'Z'] = ISO_DATE.exec(typeof value === 'string' ? value : '') ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(at) ? null : new Date(at).toUTCString().replace('GMT', '+0000');
}

/** Counts and prices are texts in the API. */
const textOf = (value: unknown) => (typeof value === 'number' ? String(value) : (value ?? null));

function codeOf(value: unknown): unknown {
  const code = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  // Twilio has no error 0.
  return code === 0 ? null : (code ?? null);
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
