import { describe, expect, test } from 'vitest';
import { partsOf, seriesAt, totalOf } from '../../console/src/chart/bars.ts';
import { OUTCOME_SERIES } from '../../console/src/chart/outcomes.ts';
import { NO_FILTER } from '../../console/src/filters/filter.ts';
import { growthOf, periodBefore, pointsOf } from '../../console/src/insights/compare.ts';
import { matrixOf } from '../../console/src/insights/failures.ts';
import { hasFailures, outcomeOf, rangeOfBars } from '../../console/src/insights/links.ts';
import { formatCount, formatMoney, formatRate, formatShare } from '../../console/src/insights/numbers.ts';
import { intervalOf, spanOf, volumeOf } from '../../console/src/insights/volume.ts';
import { fromLocalInput } from '../../console/src/time/format.ts';
import { parseRange } from '../../console/src/url/time-range.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const range = (text: string) => {
  const parsed = parseRange(text);
  if (!parsed) throw new Error(`${text} is no range`);
  return parsed;
};
const group = (start: string | null, outcome: string, messages: number) => ({
  start,
  outcome,
  measures: { messages },
});

describe('the bars of the volume', () => {
  test('cover the whole span, also where nothing was sent, and lose no message', () => {
    const span = spanOf(range('7d'), NOW);
    const groups = [
      group('2026-11-22T00:00:00Z', 'SUCCEEDED', 5),
      group('2026-11-22T00:00:00Z', 'FAILED', 2),
      group('2026-11-28T00:00:00Z', 'PENDING', 1),
    ];
    const { periods, undated } = volumeOf(groups, span, 'DAY', 'UTC');
    expect(periods.map(totalOf)).toEqual([0, 7, 0, 0, 0, 0, 0, 1]);
    expect(periods[1]?.values).toEqual({ SUCCEEDED: 5, FAILED: 2 });
    expect(undated).toBe(0);
  });

  test('keep what begins beside the expected hours, and count what has no date apart', () => {
    const span = spanOf(range('2026-11-28T00:00:00Z..2026-11-28T03:59:59Z'), NOW);
    const groups = [
      group('2026-11-27T23:45:00Z', 'FAILED', 1),
      group('2026-11-28T02:30:00Z', 'FAILED', 2),
      group('2026-11-29T00:00:00Z', 'FAILED', 4),
      group(null, 'CANCELED', 8),
    ];
    const { periods, undated } = volumeOf(groups, span, 'HOUR', 'UTC');
    expect(periods.map(totalOf)).toEqual([1, 0, 2, 4]);
    expect(undated).toBe(8);
  });

  test('begin with the oldest message where the range has no beginning', () => {
    const span = spanOf(range('all'), NOW);
    expect(intervalOf(span)).toBe('WEEK');
    const { periods } = volumeOf([], span, 'MONTH', 'UTC', '2024-01-15T00:00:00Z');
    expect(periods[0]?.start).toBe(Date.parse('2024-01-01T00:00:00Z'));
  });

  test.each([
    ['2026-10-25', '2026-10-26', 'Europe/Berlin', 25],
    ['2026-03-29', '2026-03-30', 'Europe/Berlin', 23],
    ['2026-10-25', '2026-10-26', 'Asia/Kolkata', 24],
  ])('are the hours of %s in %s', (day, next, zone, hours) => {
    const at = (local: string) => fromLocalInput(local, zone) ?? 0;
    const span = { since: at(day), until: at(next) - 1_000 };
    const { periods } = volumeOf([], span, 'HOUR', zone);
    expect(periods).toHaveLength(hours);
    expect([periods[0]?.start, periods.at(-1)?.end]).toEqual([at(day), at(next)]);
  });
});

describe('a click on a bar', () => {
  const period = { start: 0, end: 1, values: { FAILED: 1, SUCCEEDED: 900 } };
  const parts = partsOf(period, OUTCOME_SERIES, (value) => value / 10);

  test('hits the outcome under the pointer, and a thin one above its height, too', () => {
    expect(parts.map(({ series, size }) => [series.key, size])).toEqual([
      ['FAILED', 1.5],
      ['SUCCEEDED', 90],
    ]);
    expect(seriesAt(parts, 4)).toBe('FAILED');
    expect(seriesAt(parts, 50)).toBe('SUCCEEDED');
    expect(seriesAt(parts, 95)).toBeNull();
  });

  test('leads to the messages of that outcome, or of those of the filter', () => {
    const filter = { ...NO_FILTER, outcome: ['FAILED', 'PENDING'] as const };
    expect(outcomeOf('FAILED', filter)).toEqual(['FAILED']);
    expect(outcomeOf(null, filter)).toEqual(['FAILED', 'PENDING']);
  });

  test('leads to no message beyond the range of the screen', () => {
    const bounds = { since: '2026-11-21T10:00:00Z', until: '2026-11-28T09:00:00Z' };
    const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
    expect(rangeOfBars(day('2026-11-21'), day('2026-11-22') - 1_000, bounds)).toEqual(
      range('2026-11-21T10:00:00Z..2026-11-21T23:59:59Z'),
    );
    expect(rangeOfBars(day('2026-11-28'), day('2026-11-29') - 1_000, bounds)).toEqual(
      range('2026-11-28T00:00:00Z..2026-11-28T09:00:00Z'),
    );
    expect(rangeOfBars(day('2026-11-28'), day('2026-11-29') - 1_000, { since: null, until: null })).toEqual(
      range('2026-11-28T00:00:00Z..2026-11-28T23:59:59Z'),
    );
  });
});

describe('failures by code and country', () => {
  const failure = (code: number | null, country: string | null, messages: number) => ({
    error: code === null ? null : { code },
    country,
    measures: { messages },
  });
  const groups = [
    failure(30003, 'US', 5),
    failure(30003, 'DE', 4),
    failure(30005, 'US', 1),
    failure(63016, 'GB', 7),
    failure(null, null, 2),
  ];

  test('are in rows and columns by their number', () => {
    const matrix = matrixOf(groups, { maxCodes: 9, maxCountries: 9 });
    expect(matrix.rows).toEqual([
      { code: 30003, total: 9 },
      { code: 63016, total: 7 },
      { code: null, total: 2 },
      { code: 30005, total: 1 },
    ]);
    expect(matrix.columns.map(({ country }) => country)).toEqual(['GB', 'US', 'DE', null]);
    expect(matrix.countOf(30003, 'DE')).toBe(4);
    expect(matrix.countOf(30005, 'DE')).toBe(0);
    expect(matrix.countOf(null, null)).toBe(2);
    expect(matrix.max).toBe(7);
  });

  test('that do not fit are counted together', () => {
    const matrix = matrixOf(groups, { maxCodes: 1, maxCountries: 1 });
    expect([matrix.moreCodes, matrix.moreCountries]).toEqual([3, 3]);
    expect(matrix.columns).toEqual([{ country: 'GB', total: 7 }]);
    expect(matrix.restOf(30003)).toBe(9);
  });

  test('can be in a filter, unless it asks for other outcomes', () => {
    expect(hasFailures(NO_FILTER)).toBe(true);
    expect(hasFailures({ ...NO_FILTER, outcome: ['FAILED', 'PENDING'] })).toBe(true);
    expect(hasFailures({ ...NO_FILTER, outcome: ['SUCCEEDED'] })).toBe(false);
  });
});

describe('the period before', () => {
  test.each([
    ['24h', { since: '2026-11-26T11:59:59Z', until: '2026-11-27T11:59:59Z' }],
    [
      '2026-11-02T00:00:00Z..2026-11-02T23:59:59Z',
      { since: '2026-11-01T00:00:00Z', until: '2026-11-01T23:59:59Z' },
    ],
    ['all', null],
    ['2026-11-02T00:00:00Z..', null],
    ['..2026-11-02T00:00:00Z', null],
  ])('%s is as long and ends right before', (text, expected) => {
    expect(periodBefore(range(text), NOW)).toEqual(expected);
  });

  test('differs in words', () => {
    expect(growthOf(112, 100)).toEqual({ text: '+12%', direction: 'up' });
    expect(growthOf(0, 100)).toEqual({ text: '−100%', direction: 'down' });
    expect(growthOf(1_001, 1_000)).toEqual({ text: 'no change', direction: 'same' });
    expect(growthOf(5, 0)).toBeNull();
    expect(pointsOf(0.953, 0.957)).toEqual({ text: '−0.4 points', direction: 'down' });
    expect(pointsOf(null, 0.9)).toBeNull();
  });
});

describe('numbers', () => {
  test('never round to all or nothing', () => {
    expect([1, 0.9999, 0.95312, 0.0001, 0].map(formatRate)).toEqual([
      '100.0%',
      '99.9%',
      '95.3%',
      '0.1%',
      '0.0%',
    ]);
    expect([formatShare(1, 1_000), formatShare(1, 3), formatShare(0, 5), formatShare(3, 0)]).toEqual([
      '<1%',
      '33%',
      '0%',
      '0%',
    ]);
    expect(formatCount(1_234_567)).toBe('1,234,567');
  });

  test('of money are exact, small amounts too, in any currency', () => {
    expect(formatMoney('1234.56500', 'USD')).toBe('$1,234.57');
    expect(formatMoney('0.00790', 'EUR')).toBe('€0.0079');
    expect(formatMoney('90071992547409931.25', 'USD')).toBe('$90,071,992,547,409,931.25');
    expect(formatMoney('-0.5', 'USD')).toBe('-$0.50');
    expect(formatMoney('1.5', 'not a currency')).toBe('1.5 not a currency');
  });
});
