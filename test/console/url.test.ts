import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeFragment, parseFragment, printFragment } from '../../console/src/url/fragment.ts';
import { boundsOf, parseRange, printRange, toAbsolute } from '../../console/src/url/time-range.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

describe('the fragment', () => {
  test('has several values of a key, and stays readable', () => {
    const text = 'with=+14155550100&status=failed&status=undelivered&zone=Europe/Berlin';
    const fragment = parseFragment(`#${text}`);
    expect(fragment).toEqual({
      with: ['+14155550100'],
      status: ['failed', 'undelivered'],
      zone: ['Europe/Berlin'],
    });
    expect(printFragment(fragment)).toBe(text);
  });

  test('survives any values', () => {
    const keys = fc.string({ minLength: 1, maxLength: 10 });
    const values = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.dictionary(keys, values, { maxKeys: 5 }), (fragment) => {
        expect({ ...parseFragment(printFragment(fragment)) }).toEqual({ ...fragment });
      }),
    );
  });

  test.each([
    ['%', []],
    ['a=%E0%A4%A', []],
    ['=x&&&a&b=', []],
    ['a=1=2', [['a', ['1=2']]]],
    [
      '__proto__=1&constructor=2',
      [
        ['__proto__', ['1']],
        ['constructor', ['2']],
      ],
    ],
  ])('%s, edited by hand, throws nothing', (text, found) => {
    expect(Object.entries(parseFragment(text))).toEqual(found);
  });

  test('of megabytes is cut', () => {
    expect(parseFragment(`#a=${'x'.repeat(1_000_000)}`).a?.[0]?.length).toBeLessThan(10_000);
    expect(
      Object.keys(parseFragment(Array.from({ length: 5_000 }, (_, i) => `k${i}=1`).join('&'))).length,
    ).toBe(200);
  });

  test('changes key by key; null and an empty list remove', () => {
    const fragment = { a: ['1'], b: ['2'], c: ['3'] };
    expect(changeFragment(fragment, { a: null, b: [], d: 'x', e: ['y', 'z'] })).toEqual({
      c: ['3'],
      d: ['x'],
      e: ['y', 'z'],
    });
  });
});

describe('a range of time', () => {
  test.each([
    '1h',
    '24h',
    '7d',
    '400d',
    'all',
    '2026-03-01T00:00:00Z..2026-03-02T00:00:00Z',
    '2026-03-01T00:00:00Z..',
  ])('%s is printed as it is read', (text) => {
    const range = parseRange(text);
    expect(range && printRange(range)).toBe(text);
  });

  test.each([
    '',
    '0h',
    '7',
    '7w',
    '-1d',
    '99999d',
    '..',
    'a..b',
    '2026-13-01..',
    '1..2..3',
    '2026-03-01T00:00:00Z',
  ])('%j is none', (text) => expect(parseRange(text)).toBeNull());

  test('in the wrong order is turned round', () => {
    const range = parseRange('2026-03-02T00:00:00Z..2026-03-01T00:00:00+01:00');
    expect(range && printRange(range)).toBe('2026-02-28T23:00:00Z..2026-03-02T00:00:00Z');
  });

  test('that ends now becomes two instants in a link', () => {
    const range = { kind: 'last', amount: 24, unit: 'h' } as const;
    expect(boundsOf(range, NOW)).toEqual({ since: '2026-11-27T12:00:00Z', until: null });
    expect(printRange(toAbsolute(range, NOW))).toBe('2026-11-27T12:00:00Z..2026-11-28T12:00:00Z');
  });
});
