import { accountSid, LIST_LENGTH, messageSid, wireAccount, wireMessage } from './messages.ts';

/** A serialized body, and the positions of the account's 24 digits in it. */
export interface Template {
  readonly bytes: Buffer;
  readonly tails: Uint32Array;
  /** Positions of a message's eight digits, in single messages only. */
  readonly indexes: Uint32Array;
  /** The last account and its bytes. */
  last: { tail: string; bytes: Buffer } | undefined;
}

const TAIL = 'Q'.repeat(24);

export interface Templates {
  /** Returns a page of a list after `start` messages. */
  page(start: number, size: number): Template;
  message(index: number): Template;
  readonly account: Template;
  readonly accounts: Template;
}

/** Serializes pages of 1,000 in advance, others on first use. */
export function createTemplates(newest: number): Templates {
  const pages = new Map<string, Template>();
  const singles = Array.from({ length: 100 }, (_, index) =>
    template(JSON.stringify(wireMessage(index, TAIL, newest)), index),
  );
  const account = wireAccount(TAIL, newest);

  function page(start: number, size: number): Template {
    const key = `${start}:${size}`;
    let known = pages.get(key);
    if (!known) {
      known = template(JSON.stringify(pageOf(start, size, newest)));
      if (pages.size > 400) pages.clear();
      pages.set(key, known);
    }
    return known;
  }

  for (let start = 0; start < LIST_LENGTH; start += 1000) page(start, 1000);
  return {
    page,
    message: (index) => singles[index % singles.length] as Template,
    account: template(JSON.stringify(account)),
    accounts: template(
      JSON.stringify(envelope('accounts', '/2010-04-01/Accounts.json', 0, 50, [account], null)),
    ),
  };
}

/** Fills an account's digits into a template. */
export function fill(template: Template, tail: string, index?: string): Buffer {
  if (template.last?.tail === tail && index === undefined) return template.last.bytes;
  const bytes = Buffer.allocUnsafeSlow(template.bytes.length);
  bytes.set(template.bytes);
  const digits = Buffer.from(tail, 'latin1');
  for (const at of template.tails) bytes.set(digits, at);
  if (index !== undefined) {
    const digits = Buffer.from(index, 'latin1');
    for (const at of template.indexes) bytes.set(digits, at);
  } else {
    template.last = { tail, bytes };
  }
  return bytes;
}

function template(text: string, index?: number): Template {
  const bytes = Buffer.from(text);
  const sid = index === undefined ? undefined : messageSid(index, TAIL);
  return {
    bytes,
    tails: Uint32Array.from(positionsOf(bytes, TAIL)),
    indexes: Uint32Array.from(sid ? positionsOf(bytes, sid).map((at) => at + 26) : []),
    last: undefined,
  };
}

function positionsOf(bytes: Buffer, text: string): number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) positions.push(at);
  return positions;
}

function pageOf(start: number, size: number, newest: number) {
  const count = Math.max(0, Math.min(size, LIST_LENGTH - start));
  const items = Array.from({ length: count }, (_, offset) => wireMessage(start + offset, TAIL, newest));
  const last = start + count < LIST_LENGTH ? (items.at(-1)?.sid ?? null) : null;
  const path = `/2010-04-01/Accounts/${accountSid(TAIL)}/Messages.json`;
  return envelope('messages', path, start, size, items, last);
}

/** Builds Twilio's list envelope with its keys in Twilio's order; the next token is `PA` and the page's last SID. */
function envelope<T>(
  plural: string,
  path: string,
  start: number,
  size: number,
  items: readonly T[],
  last: string | null,
) {
  const page = Math.floor(start / size);
  const uri = `${path}?PageSize=${size}`;
  const first = (items[0] as { sid?: string } | undefined)?.sid;
  return {
    first_page_uri: `${uri}&Page=0`,
    end: items.length === 0 ? 0 : start + items.length - 1,
    previous_page_uri: page === 0 ? null : `${uri}&Page=${page - 1}&PageToken=PB${first}`,
    [plural]: items,
    uri: `${uri}&Page=${page}`,
    page_size: size,
    start,
    next_page_uri: last && `${uri}&Page=${page + 1}&PageToken=PA${last}`,
    page,
  };
}
