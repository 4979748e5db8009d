import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToRetention, earliestDay, learnRetention } from '../../src/pagination/retention.ts';
import { TwilioError } from '../../src/twilio/errors.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12, 30);
const RETENTION = { days: 400 };
const EARLIEST_DAY = Date.UTC(2025, 4, 12);
/** A minute inside the window. */
const EARLIEST = NOW - 400 * DAY + 60_000;

function rejection(text: string, code = 20004): TwilioError {
  return new TwilioError(text, { source: 'api', code, status: 400, moreInfo: null, requestId: null });
}
const rangeErrorOf = (days: number) =>
  rejection(
    `Date range specified in query is partially or entirely outside of retention window of ${days} days`,
  );

describe('the earliest day', () => {
  test('is the first complete day inside the window', () => {
    expect(new Date(earliestDay(RETENTION, NOW))).toEqual(new Date(EARLIEST_DAY));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 4e12 }), (days, now) => {
        const day = earliestDay({ days }, now);
        expect(Number.isInteger(day / DAY)).toBe(true);
        expect(day).toBeGreaterThanOrEqual(now - days * DAY);
        expect(day).toBeLessThan(now - days * DAY + DAY);
      }),
    );
  });
});

describe('a date range', () => {
  test('without bounds is unchanged', () => {
    const range = { since: null, until: null };
    expect(cutToRetention(range, RETENTION, NOW)).toEqual({ ...range, truncated: false });
  });

  test('inside the window is unchanged', () => {
    const range = { since: EARLIEST, until: NOW + DAY };
    expect(cutToRetention(range, RETENTION, NOW)).toEqual({ ...range, truncated: false });
  });

  test('that begins before the window is cut and marked as truncated', () => {
    const range = { since: EARLIEST - 1000, until: NOW };
    expect(cutToRetention(range, RETENTION, NOW)).toEqual({ since: EARLIEST, until: NOW, truncated: true });
    expect(cutToRetention({ since: 0, until: null }, RETENTION, NOW)).toEqual({
      since: EARLIEST,
      until: null,
      truncated: true,
    });
  });

  test('without a lower bound stays open, unless Twilio rejected that', () => {
    const range = { since: null, until: NOW };
    expect(cutToRetention(range, RETENTION, NOW)).toEqual({ ...range, truncated: false });
    expect(cutToRetention(range, { days: 400, openRangeRejected: true }, NOW)).toEqual({
      since: EARLIEST,
      until: NOW,
      truncated: true,
    });
  });

  test('that ends in the first second of the window is moved inside it', () => {
    const range = { since: 0, until: NOW - 400 * DAY };
    expect(cutToRetention(range, RETENTION, NOW)).toEqual({
      since: EARLIEST,
      until: EARLIEST,
      truncated: true,
    });
  });

  test('is the same for a minute, so that responses can be cached', () => {
    const cuts = [1, 20_000, 60_000].map((ms) =>
      cutToRetention({ since: 0, until: null }, RETENTION, NOW + ms),
    );
    expect(new Set(cuts.map(({ since }) => since))).toEqual(new Set([EARLIEST + 60_000]));
  });

  test('entirely before the window is rejected with the earliest complete day', () => {
    for (const since of [null, 0]) {
      const cut = () => cutToRetention({ since, until: NOW - 400 * DAY - 1000 }, RETENTION, NOW);
      expect(cut).toThrow(expect.objectContaining({ code: 'MESSAGE_HISTORY_LIMIT' }));
      expect(cut).toThrow(
        expect.objectContaining({
          message: expect.stringContaining('400 days'),
          extensions: {
            code: 'MESSAGE_HISTORY_LIMIT',
            argument: 'filter.dateSent',
            earliestDate: '2025-05-12',
            retentionDays: 400,
          },
        }),
      );
    }
  });
});

describe("Twilio's rejection of a range", () => {
  test('gives the retention of the account', () => {
    const retention = { days: 400 };
    expect(learnRetention(retention, rangeErrorOf(30), 400)).toBe(true);
    expect(retention.days).toBe(30);
  });

  test('with the known number of days shortens the window by a day', () => {
    const retention = { days: 30 };
    expect(learnRetention(retention, rangeErrorOf(30), 30)).toBe(true);
    expect(retention.days).toBe(29);
  });

  test('without a lower bound, with the known number of days, makes a lower bound required', () => {
    const retention = { days: 400 };
    expect(learnRetention(retention, rangeErrorOf(30), 400, true)).toBe(true);
    expect(retention).toEqual({ days: 30 });
    expect(learnRetention(retention, rangeErrorOf(30), 30, true)).toBe(true);
    expect(retention).toEqual({ days: 30, openRangeRejected: true });
  });

  test('never lengthens the window', () => {
    const retention = { days: 30 };
    learnRetention(retention, rangeErrorOf(400), 30);
    expect(retention.days).toBeLessThan(30);
  });

  test('of concurrent requests is applied once', () => {
    const retention = { days: 400 };
    for (const _ of Array(10)) expect(learnRetention(retention, rangeErrorOf(30), 400)).toBe(true);
    expect(retention.days).toBe(30);
  });

  test.each([
    ['the code with its official meaning', rejection('Method not allowed')],
    ['the text with another code', rejection('retention window of 30 days', 20001)],
    ['no days', rejection('outside of retention window of 0 days')],
    ['words for days', rejection('outside of retention window of thirty days')],
    ['another error', new Error('retention window of 30 days')],
    ['nothing', undefined],
  ])('ignores %s', (_, error) => {
    const retention = { days: 400 };
    expect(learnRetention(retention, error, 400)).toBe(false);
    expect(retention.days).toBe(400);
  });

  test('never shortens the window below a day', () => {
    const retention = { days: 1 };
    expect(learnRetention(retention, rangeErrorOf(1), 1)).toBe(false);
    expect(retention.days).toBeGreaterThanOrEqual(1);
  });
});
