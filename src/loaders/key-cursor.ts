import { gatewayError } from '../errors/gateway-error.ts';
import type { MessageKey } from '../history/history-store.ts';
import { isWithin, parseJson } from '../pagination/cursor.ts';

/** A cursor belongs to the source that made it. Those of Twilio's own lists begin with a number. */
export type CursorSource = 'TWILIO' | 'HISTORY';

const VERSION = 1;
const MAX_LENGTH = 256;

/** Encodes the place of a message: a cursor of a list that is sorted by time and SID. */
export function encodeKeyCursor(source: CursorSource, listHash: string, { time, sid }: MessageKey): string {
  return Buffer.from(JSON.stringify([source, VERSION, listHash, time, sid])).toString('base64url');
}

/** The source that made a cursor; TWILIO for anything unknown. */
export function sourceOfCursor(cursor: string): CursorSource {
  return read(cursor)?.[0] === 'HISTORY' ? 'HISTORY' : 'TWILIO';
}

/** @throws {CURSOR_INVALID} unless the cursor is valid and belongs to this source and list */
export function decodeKeyCursor(
  source: CursorSource,
  listHash: string,
  cursor: string,
  argument: 'after' | 'before',
): MessageKey {
  const fields = read(cursor);
  if (!fields || fields[0] !== source || fields[1] !== VERSION) {
    throw gatewayError('CURSOR_INVALID', argument, 'was made by another source or not by this gateway');
  }
  const [, , hash, time, sid] = fields;
  if (
    fields.length !== 5 ||
    !isWithin(time, 0, 8.64e15) ||
    typeof sid !== 'string' ||
    !SID_DIGITS.test(sid)
  ) {
    throw gatewayError('CURSOR_INVALID', argument, 'is damaged');
  }
  if (hash !== listHash) {
    throw gatewayError('CURSOR_INVALID', argument, 'belongs to another account, filter or order');
  }
  return { time, sid };
}

const SID_DIGITS = /^[0-9a-f]{32}$/;

function read(cursor: string): unknown[] | null {
  if (cursor.length > MAX_LENGTH) return null;
  const fields = parseJson(Buffer.from(cursor, 'base64url').toString());
  return Array.isArray(fields) ? fields : null;
}
