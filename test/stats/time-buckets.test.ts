import { describe, expect, test } from 'vitest';
import { createTimeBuckets, type Interval, isTimeZone } from '../../src/stats/time-buckets.ts';

async function starts(interval: Interval, zone: string, ...instants: string[]) {
  const bucketOf = await createTimeBuckets(interval, zone);
  return instants.map((instant) => new Date(bucketOf(Date.parse(instant))).toISOString());
}

describe('buckets of time', () => {
  test('a day of a zone with an offset of half an hour', async () => {
    expect(await starts('DAY', 'Asia/Kolkata', '2026-05-01T18:29:59Z', '2026-05-01T18:30:00Z')).toEqual([
      '2026-04-30T18:30:00.000Z',
      '2026-05-01T18:30:00.000Z',
    ]);
  });

  test('an hour of such a zone', async () => {
    expect(await starts('HOUR', 'Asia/Kolkata', '2026-05-01T10:29:00Z', '2026-05-01T10:30:00Z')).toEqual([
      '2026-05-01T09:30:00.000Z',
      '2026-05-01T10:30:00.000Z',
    ]);
  });

  test('the day on which the clock goes forward has 23 hours, the day on which it goes back has 25', async () => {
    const spring = await starts(
      'DAY',
      'Europe/Berlin',
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:59:59Z',
      '2026-03-29T22:00:00Z',
    );
    expect(spring).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    const autumn = await starts(
      'DAY',
      'Europe/Berlin',
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:59:59Z',
      '2026-10-25T23:00:00Z',
    );
    expect(autumn).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('the hour that occurs twice is two buckets', async () => {
    expect(await starts('HOUR', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z')).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ]);
  });

  test('a week begins on Monday, a month on its first day, at midnight of the zone', async () => {
    expect(await starts('WEEK', 'America/New_York', '2026-11-02T04:59:59Z', '2026-11-02T05:00:00Z')).toEqual([
      '2026-10-26T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ]);
    expect(await starts('MONTH', 'Pacific/Auckland', '2026-05-31T11:59:59Z', '2026-05-31T12:00:00Z')).toEqual(
      ['2026-04-30T12:00:00.000Z', '2026-05-31T12:00:00.000Z'],
    );
  });

  test('in any order of instants', async () => {
    expect(
      await starts('DAY', 'UTC', '2026-05-02T00:00:00Z', '2026-05-01T23:59:59Z', '2026-05-02T12:00:00Z'),
    ).toEqual(['2026-05-02T00:00:00.000Z', '2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z']);
  });

  test('knows the names of the IANA database, and nothing else', () => {
    expect(['Europe/Berlin', 'UTC', 'Asia/Kolkata'].every(isTimeZone)).toBe(true);
    expect(['Mars/Base', '', '+02:00', 'Europe/Berlin; drop'].some(isTimeZone)).toBe(false);
  });
});
