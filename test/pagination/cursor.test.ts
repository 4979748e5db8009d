import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, hashList, type Position } from '../../src/pagination/cursor.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const HASH = hashList('messages', ACCOUNT, {});

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const sid = hex(32).map((digits) => `SM${digits}`);
const printable = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
});
const pageName = fc.option(
  fc.record({
    page: fc.nat(99_999).map(String),
    pageToken: fc.oneof(
      sid.map((s) => `PA${s}`),
      printable,
    ),
  }),
);
const position: fc.Arbitrary<Position> = fc.record({
  page: pageName,
  pageSize: fc.integer({ min: 1, max: 1000 }),
  offset: fc.integer({ min: 0, max: 1000 }),
  sid: fc.option(sid),
  time: fc.option(fc.integer({ min: 0, max: 8.64e15 })),
  anchors: fc.array(
    sid.map((s) => s.slice(-8)),
    { maxLength: 4 },
  ),
  next: pageName,
  previous: pageName,
});

function decode(cursor: string, hash = HASH): Position | 'invalid' {
  try {
    return decodeCursor(hash, cursor, 'after');
  } catch (error) {
    expect(error).toMatchObject({ code: 'CURSOR_INVALID' });
    return 'invalid';
  }
}

const POSITION: Position = {
  page: { page: '3', pageToken: `PASM${'b'.repeat(32)}` },
  pageSize: 20,
  offset: 7,
  sid: `SM${'c'.repeat(32)}`,
  time: 1_780_000_000_000,
  anchors: ['dddddddd', 'eeeeeeee'],
  next: null,
  previous: null,
};

describe('a cursor', () => {
  test('decodes to its position', () => {
    fc.assert(
      fc.property(position, (given) => {
        expect(decode(encodeCursor(HASH, given))).toEqual(given);
      }),
    );
  });

  test('needs no escaping in a URL or in JSON', () => {
    fc.assert(
      fc.property(position, (given) => {
        expect(encodeCursor(HASH, given)).toMatch(/^[\w-]+$/);
      }),
    );
  });

  test('of another account, list or filter is rejected', () => {
    const cursor = encodeCursor(HASH, POSITION);
    const filter = { to: '+14155550100' };
    for (const hash of [
      hashList('messages', `AC${'b'.repeat(32)}`, {}),
      hashList('accounts', ACCOUNT, {}),
      hashList('messages', ACCOUNT, filter),
    ]) {
      expect(() => decodeCursor(hash, cursor, 'before')).toThrow(
        /"before" belongs to another account or filter/,
      );
    }
  });

  test('is rejected with the name of its argument', () => {
    expect(() => decodeCursor(HASH, 'x', 'before')).toThrow(
      expect.objectContaining({ extensions: { code: 'CURSOR_INVALID', argument: 'before' } }),
    );
  });

  test('that was altered is rejected or a valid position', () => {
    const bytes = fc.string({ unit: 'binary', maxLength: 3 });
    fc.assert(
      fc.property(position, fc.nat(), fc.nat(4), bytes, (given, at, drop, put) => {
        const cursor = encodeCursor(HASH, given);
        const index = at % (cursor.length + 1);
        const changed = decode(cursor.slice(0, index) + put + cursor.slice(index + drop));
        if (changed === 'invalid') return;
        expect(changed).toEqual(decode(encodeCursor(HASH, changed)));
        expect(changed.pageSize).toBeLessThanOrEqual(1000);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['empty', ''],
    ['text', 'hello world'],
    ['other base64', Buffer.from('{"page":1}').toString('base64url')],
    [
      'another version',
      Buffer.from(JSON.stringify([2, HASH, 1, 0, null, null, null, null, null])).toString('base64url'),
    ],
    ['far too long', 'A'.repeat(1_000_000)],
    ['deeply nested', Buffer.from('['.repeat(3000)).toString('base64url')],
  ])('that is %s is rejected', (_, cursor) => {
    expect(decode(cursor)).toBe('invalid');
  });

  test.each([
    ['a page size of 0', { pageSize: 0 }],
    ['a page size of 1001', { pageSize: 1001 }],
    ['a page size of 2.5', { pageSize: 2.5 }],
    ['an offset below 0', { offset: -1 }],
    ['a path in place of the SID', { sid: '../../Accounts' }],
    ['a time beyond the range of Date', { time: 8.65e15 }],
    ['a page that is not a number', { page: { page: 'x', pageToken: 'PA' } }],
    ['a token with a line break', { next: { page: '1', pageToken: 'PA\r\nx' } }],
  ])('with %s is rejected', (_, change) => {
    expect(decode(encodeCursor(HASH, { ...POSITION, ...change } as Position))).toBe('invalid');
  });

  test('of a real page contains no URL, phone number or account SID', async () => {
    const sandbox = createSandbox({ messages: 40 });
    const { sid: account, authToken } = sandbox.accounts.parent;
    const authorization = `Basic ${Buffer.from(`${account}:${authToken}`).toString('base64')}`;
    const filter = { to: '+14155550100', from: null };
    const response = await sandbox.fetch(
      `https://api.twilio.com/2010-04-01/Accounts/${account}/Messages.json?PageSize=5`,
      { headers: { authorization } },
    );
    const { next_page_uri } = (await response.json()) as { next_page_uri: string };
    const query = new URLSearchParams(next_page_uri.split('?')[1]);
    const next = { page: query.get('Page') ?? '', pageToken: query.get('PageToken') ?? '' };
    const cursor = encodeCursor(hashList('messages', account, filter), { ...POSITION, next });
    const text = Buffer.from(cursor, 'base64url').toString();
    expect(text).toContain(next.pageToken);
    for (const secret of ['http', '/2010', '4155550100', account, 'twilio'])
      expect(text).not.toContain(secret);
  });
});

describe('the hash of a list', () => {
  const hash = (filter: object) => hashList('messages', ACCOUNT, filter);

  test.each([
    ['the order of keys', { to: 'a', from: 'b' }, { from: 'b', to: 'a' }],
    ['the order of values in a list', { status: ['sent', 'failed'] }, { status: ['failed', 'sent'] }],
    ['the order of numbers', { errorCode: [30003, 9] }, { errorCode: [9, 30003] }],
    ['null, undefined or absence', { to: 'a', from: null, channel: undefined }, { to: 'a' }],
    ['an empty list', { to: 'a', status: [] }, { to: 'a' }],
    ['null inside', { dateSent: { on: null, since: new Date(0) } }, { dateSent: { since: new Date(0) } }],
    ['an object of nulls', { to: 'a', dateSent: { on: null, since: null } }, { to: 'a' }],
  ])('does not depend on %s', (_, one, other) => {
    expect(hash(one)).toBe(hash(other));
  });

  test.each([
    ['another value', { to: 'a' }, { to: 'b' }],
    ['the same value under another key', { to: 'a' }, { from: 'a' }],
    ['another date', { dateSent: { since: new Date(0) } }, { dateSent: { since: new Date(1000) } }],
    ['another bound', { dateSent: { since: new Date(0) } }, { dateSent: { until: new Date(0) } }],
    ['false in place of absence', { hasMedia: false }, {}],
    ['false in place of true', { hasMedia: false }, { hasMedia: true }],
    ['more values', { status: ['sent'] }, { status: ['sent', 'failed'] }],
  ])('depends on %s', (_, one, other) => {
    expect(hash(one)).not.toBe(hash(other));
  });
});
