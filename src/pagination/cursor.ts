import { createHash } from 'node:crypto';
import { gatewayError } from '../errors/gateway-error.ts';
import type { PageName, PageTrail, TwilioPage } from '../twilio/page.ts';
import { isSid } from '../twilio/sid.ts';
import type { ListSource } from './list-source.ts';

/**
 * A position in a list, just after an item: "after" continues from it, "before" goes back from it. Twilio pages by
 * opaque tokens, so it consists of a page as Twilio named it and an offset; the SID finds the item again when the
 * page has shifted.
 */
export interface Position {
  readonly page: PageName | null;
  /** The page size of `page`; a request with the same size returns the same items. */
  readonly pageSize: number;
  /** Number of items of `page` up to the position, including the item itself. */
  readonly offset: number;
  /** The item before the position; null on an empty page. */
  readonly sid: string | null;
  /** The item's sort time in milliseconds, to find the position after the item was deleted. */
  readonly time: number | null;
  /** Last digits of the preceding SIDs on its page, nearest first, to find the position after a deletion. */
  readonly anchors: readonly string[];
  /** Set when the item ends its page: continuing from here costs exactly one call. */
  readonly next: PageName | null;
  /** Set when the item begins its page: going back from here costs exactly one call. */
  readonly previous: PageName | null;
  /** Trail of the pages before `page`, to detect cycles; absent on a first page. */
  readonly trail?: PageTrail | undefined;
}

/** Number of preceding SIDs, and digits of each: enough to survive deletions and avoid collisions. */
const ANCHOR_COUNT = 4;
const ANCHOR_DIGITS = 8;

/** Returns the position of the item at `index`, or the beginning of an empty page. */
export function positionAt<T>(source: ListSource<T>, page: TwilioPage<T>, index: number): Position {
  const item = page.items[index];
  return {
    page: page.name,
    pageSize: page.pageSize,
    offset: item === undefined ? 0 : index + 1,
    sid: item === undefined ? null : source.sidOf(item),
    time: item === undefined ? null : source.timeOf(item),
    anchors: page.items
      .slice(Math.max(0, index - ANCHOR_COUNT), Math.max(0, index))
      .map((before) => source.sidOf(before).slice(-ANCHOR_DIGITS))
      .reverse(),
    next: index >= page.items.length - 1 ? page.next : null,
    previous: index <= 0 ? page.previous : null,
    trail: page.trail,
  };
}

/** Version of the cursor format; cursors of other versions are rejected. */
const VERSION = 1;

/** The last eight digits of up to four SIDs. */
const ANCHORS = /^(?:[0-9a-fA-F]{8}(?:,[0-9a-fA-F]{8}){0,3})?$/;

/** Longer than any valid cursor; the longest contain an account token, which holds an encoded filter. */
const MAX_LENGTH = 4096;

/** Hashes a list's account and filter, so that a cursor is valid for this list only. */
export function hashList(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map(canonical)))
    .digest('base64url')
    .slice(0, 11);
}

/** Normalizes a filter before hashing: drops null and empty values, sorts keys and lists. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(canonical).sort();
  const entries = Object.entries(value)
    .map(([key, item]): [string, unknown] => [key, canonical(item)])
    .filter(([, item]) => item != null && !isEmpty(item));
  return Object.fromEntries(entries.sort());
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && !(value instanceof Date) && Object.keys(value ?? {}).length === 0;
}

/** Encodes a position as an opaque string without URLs, credentials or phone numbers. */
export function encodeCursor(listHash: string, position: Position): string {
  return Buffer.from(JSON.stringify([VERSION, listHash, ...writePosition(position)])).toString('base64url');
}

/** @throws {CURSOR_INVALID} unless the cursor is valid and belongs to this list */
export function decodeCursor(listHash: string, cursor: string, argument: 'after' | 'before'): Position {
  const fields = cursor.length > MAX_LENGTH ? null : parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(fields) || fields[0] !== VERSION) {
    throw gatewayError('CURSOR_INVALID', argument, 'was not created by this gateway');
  }
  const [, hash, ...rest] = fields as unknown[];
  const position = readPosition(rest);
  if (!position) throw gatewayError('CURSOR_INVALID', argument, 'is damaged');
  if (hash !== listHash)
    throw gatewayError('CURSOR_INVALID', argument, 'belongs to another account or filter');
  return position;
}

/** Writes a position as a JSON array. */
export function writePosition(position: Position): readonly unknown[] {
  const { page, pageSize, offset, sid, time, anchors, next, previous, trail } = position;
  const names = [page, next, previous].map(writeName);
  return [
    pageSize,
    offset,
    sid,
    time,
    anchors.join(),
    ...names,
    ...(trail ? [`${trail.pages}:${trail.mark}`] : []),
  ];
}

/** Reads what {@link writePosition} wrote; null for anything else. */
export function readPosition(fields: readonly unknown[]): Position | null {
  const [pageSize, offset, sid, time, anchors, ...names] = fields;
  const [page, next, previous] = names.slice(0, 3).map(readName);
  const trail = names[3] === undefined ? undefined : readTrail(names[3]);
  if (
    (fields.length !== 8 && fields.length !== 9) ||
    !isWithin(pageSize, 1, 1000) ||
    !isWithin(offset, 0, 1000) ||
    !(sid === null || isSid(sid)) ||
    !(time === null || isWithin(time, 0, 8.64e15)) ||
    !(typeof anchors === 'string' && ANCHORS.test(anchors)) ||
    page === undefined ||
    next === undefined ||
    previous === undefined ||
    trail === null
  ) {
    return null;
  }
  return {
    page,
    pageSize,
    offset,
    sid,
    time,
    anchors: anchors === '' ? [] : anchors.split(','),
    next,
    previous,
    trail,
  };
}

function writeName(name: PageName | null): string | null {
  return name && `${name.page}:${name.pageToken}`;
}

/** Returns undefined for an invalid page name. A token is any printable text. */
function readName(value: unknown): PageName | null | undefined {
  if (value === null) return null;
  const match = typeof value === 'string' ? /^(\d{0,9}):([\x20-\x7e]*)$/.exec(value) : null;
  return match ? { page: match[1] ?? '', pageToken: match[2] ?? '' } : undefined;
}

/** Returns null for an invalid trail. */
function readTrail(value: unknown): PageTrail | null {
  const match = typeof value === 'string' ? /^([1-9]\d{0,8}):([0-9a-fA-F]{1,32})$/.exec(value) : null;
  return match && { pages: Number(match[1]), mark: match[2] ?? '' };
}

export function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Returns undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
