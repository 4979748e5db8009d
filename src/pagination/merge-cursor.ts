import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { gatewayError } from '../errors/gateway-error.ts';
import { isWithin, parseJson, readPosition, writePosition } from './cursor.ts';
import type { MergePosition, PositionInList } from './merge-position.ts';

/** Version of the format; that of a single list's cursors is 1. */
const VERSION = 2;

/** Longer than the cursor of any merge that is read: about 100 characters for each of its lists. */
const MAX_LENGTH = 32_768;
const MAX_INFLATED_LENGTH = 262_144;

const EXCLUSIVE = 1;
const ENDED = 2;
const FAILED = 4;

/** Encodes a position in a merge; compressed, because it names several pages and messages of each list. */
export function encodeMergeCursor(mergeHash: string, { time, lists }: MergePosition): string {
  const text = JSON.stringify([VERSION, mergeHash, time, ...lists.map(writeList)]);
  return deflateRawSync(text).toString('base64url');
}

/** @throws {CURSOR_INVALID} unless the cursor is valid and belongs to this merge */
export function decodeMergeCursor(
  mergeHash: string,
  listCount: number,
  cursor: string,
  argument: 'after' | 'before',
): MergePosition {
  const fields = cursor.length > MAX_LENGTH ? undefined : inflate(cursor);
  if (!Array.isArray(fields) || fields[0] !== VERSION) {
    throw gatewayError(
      'CURSOR_INVALID',
      argument,
      'was not created by this gateway, or not for this selection of accounts',
    );
  }
  const [, hash, time, ...rest] = fields as unknown[];
  if (hash !== mergeHash) {
    throw gatewayError('CURSOR_INVALID', argument, 'belongs to other accounts or another filter');
  }
  const lists = rest.map(readList);
  if (!isWithin(time, 0, Number.MAX_SAFE_INTEGER) || lists.length !== listCount || lists.includes(null)) {
    throw gatewayError('CURSOR_INVALID', argument, 'is damaged');
  }
  return { time, lists: lists as PositionInList[] };
}

function writeList({ position, exclusive, ended, failed }: PositionInList): readonly unknown[] {
  const flags = (exclusive ? EXCLUSIVE : 0) | (ended ? ENDED : 0) | (failed ? FAILED : 0);
  return [flags, ...(position ? writePosition(position) : [])];
}

function readList(value: unknown): PositionInList | null {
  if (!Array.isArray(value)) return null;
  const [flags, ...fields] = value as unknown[];
  const position = fields.length === 0 ? null : readPosition(fields);
  if (!isWithin(flags, 0, 7) || (fields.length > 0 && !position)) return null;
  return {
    position,
    exclusive: (flags & EXCLUSIVE) !== 0,
    ended: (flags & ENDED) !== 0,
    failed: (flags & FAILED) !== 0,
  };
}

function inflate(cursor: string): unknown {
  try {
    const bytes = inflateRawSync(Buffer.from(cursor, 'base64url'), { maxOutputLength: MAX_INFLATED_LENGTH });
    return parseJson(bytes.toString());
  } catch {
    return undefined;
  }
}
