import { describe, expect, test } from 'vitest';
import { intervalFor, periodStarts, startOf } from '../../console/src/chart/periods.ts';
import { formatRelative, fromLocalInput, toLocalInput } from '../../console/src/time/format.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString());

describe('a local time in a zone', () => {
  test.each([
    ['2026-11-28T14:03', 'Europe/Berlin', '2026-11-28T13:03:00.000Z'],
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['2026-07-01T00:00', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z'],
    ['2026-01-01T00:00', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    // Clocks are put forward: 02:30 does not exist.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    // Clocks are put back: 02:30 exists twice.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, expected) => {
    const time = fromLocalInput(local, zone);
    expect(iso([time ?? 0])).toEqual([expected]);
  });

  test('is the one that the field shows', () => {
    expect(toLocalInput(at('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02:30');
    expect(fromLocalInput('nonsense', 'UTC')).toBeNull();
  });
});

describe('periods', () => {
  test('of a day when the clocks change have 23 and 25 hours', () => {
    const hours = (day: string, next: string) =>
      periodStarts(
        fromLocalInput(day, 'Europe/Berlin') ?? 0,
        (fromLocalInput(next, 'Europe/Berlin') ?? 0) - 1_000,
        'HOUR',
        'Europe/Berlin',
      );
    expect(hours('2026-03-29', '2026-03-30')).toHaveLength(24);
    expect(hours('2026-10-25', '2026-10-26')).toHaveLength(26);
  });

  test('of days begin at midnight in the zone', () => {
    expect(
      iso(periodStarts(at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'), 'DAY', 'Europe/Berlin')),
    ).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ]);
    expect(iso([startOf(at('2026-05-01T18:29:59Z'), 'DAY', 'Asia/Kolkata')])).toEqual([
      '2026-04-30T18:30:00.000Z',
    ]);
    expect(iso([startOf(at('2026-05-01T18:45:00Z'), 'HOUR', 'Asia/Kolkata')])).toEqual([
      '2026-05-01T18:30:00.000Z',
    ]);
  });

  test('of weeks begin on Monday, of months on the first', () => {
    expect(iso([startOf(at('2026-11-29T12:00:00Z'), 'WEEK', 'UTC')])).toEqual(['2026-11-23T00:00:00.000Z']);
    expect(iso([startOf(at('2026-11-29T12:00:00Z'), 'MONTH', 'Europe/Berlin')])).toEqual([
      '2026-10-31T23:00:00.000Z',
    ]);
  });

  test('are longer in longer ranges', () => {
    const day = 86_400_000;
    expect([1, 30, 400, 2_000].map((days) => intervalFor(0, days * day))).toEqual([
      'HOUR',
      'DAY',
      'WEEK',
      'MONTH',
    ]);
  });
});

test('a relative time has one unit', () => {
  const now = at('2026-11-28T12:00:00Z');
  const ago = (seconds: number) => formatRelative(now - seconds * 1_000, now);
  expect([0, 30, 90, 7_200, 200_000, 90 * 86_400, 800 * 86_400, -7_200].map(ago)).toEqual([
    'now',
    '30 sec. ago',
    '1 min. ago',
    '2 hr. ago',
    '2 days ago',
    '2 mo. ago',
    '2 yr. ago',
    'in 2 hr.',
  ]);
});
