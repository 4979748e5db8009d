import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTwilioDate, parseTwilioDate, toIsoDate } from '../../src/twilio/dates.ts';

test.each([
  ['Fri, 24 May 2019 17:44:50 +0000', '2019-05-24T17:44:50.000Z'],
  ['Wed, 19 Jun 2019 22:04:00 -0000', '2019-06-19T22:04:00.000Z'],
  ['Thu, 29 Feb 2024 23:59:59 +0000', '2024-02-29T23:59:59.000Z'],
  ['Fri, 24 May 2019 10:44:50 -0700', '2019-05-24T17:44:50.000Z'],
])('reads %s', (text, expected) => {
  expect(parseTwilioDate(text)?.toISOString()).toBe(expected);
});

test.each([[null], [undefined], [''], ['soon'], [1558719890], [{}], [['Fri, 24 May 2019 17:44:50 +0000']]])(
  'gives null for %j',
  (value) => {
    expect(parseTwilioDate(value)).toBeNull();
  },
);

test('writes UTC in whole seconds, which can be parsed again', () => {
  expect(formatTwilioDate(new Date('2026-05-10T08:00:00.999+02:00'))).toBe('2026-05-10T06:00:00Z');
  const seconds = fc.integer({ min: 0, max: 4_102_444_800 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: 0, max: 999 }), (time, milliseconds) => {
      const text = formatTwilioDate(new Date(time * 1000 + milliseconds));
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(parseTwilioDate(text)?.getTime()).toBe(time * 1000);
    }),
  );
});

describe('a date for a response', () => {
  test.each([
    ['Fri, 24 May 2019 17:44:50 +0000', '2019-05-24T17:44:50.000Z'],
    ['Wed, 01 Jan 2025 00:00:00 +0000', '2025-01-01T00:00:00.000Z'],
    ['Fri, 24 May 2019 17:44:50 -0700', '2019-05-25T00:44:50.000Z'],
    ['2019-05-24T17:44:50Z', '2019-05-24T17:44:50.000Z'],
    ['Fri, 24 Mai 2019 17:44:50 +0000', null],
    ['x'.repeat(25).concat(' +0000'), null],
    ['', null],
    [null, null],
    [7, null],
  ])('%j is %j', (value, expected) => {
    expect(toIsoDate(value)).toBe(expected);
  });

  test('equals the result of Date, for every second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(toIsoDate(date.toUTCString().replace('GMT', '+0000'))).toBe(date.toISOString());
      }),
    );
  });
});
