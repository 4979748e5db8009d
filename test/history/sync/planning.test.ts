import { describe, expect, test } from 'vitest';
import { kindOf, planBase, planDays, planUndated } from '../../../src/history/sync/plan.ts';
import { backoffMs, nextDue } from '../../../src/history/sync/schedule.ts';
import {
  beginSweep,
  decodeSweep,
  encodeSweep,
  type Sweep,
  type SweptItem,
  sweepSent,
} from '../../../src/history/sync/sweep.ts';

const NOW = Date.UTC(2026, 10, 27, 12);
const DAY_MS = 86_400_000;
const accountSid = `AC${'1'.repeat(32)}`;
const at = (text: string) => new Date(text);
const day = (since: string, until = since) => ({
  since: at(`${since}T00:00:00Z`),
  until: at(`${until}T23:59:59Z`),
});

describe('days', () => {
  test.each([
    {
      name: 'a busy account has a slice a day, without today',
      plan: { existing: [], days: 3, perDay: 5_000 },
      keys: ['2026-11-26', '2026-11-25', '2026-11-24'],
    },
    {
      name: 'an account with few messages has longer slices, but for the newest days',
      plan: { existing: [], days: 24, perDay: 100 },
      keys: [
        ...[26, 25, 24, 23, 22, 21, 20, 19].map((date) => `2026-11-${date}`),
        '2026-11-12/7',
        '2026-11-05/7',
        '2026-11-03/2',
      ],
    },
    {
      name: 'an account with almost none has slices of 28 days',
      plan: { existing: [], days: 64, perDay: 0 },
      keys: [
        ...[26, 25, 24, 23, 22, 21, 20, 19].map((date) => `2026-11-${date}`),
        '2026-10-22/28',
        '2026-09-24/28',
      ],
    },
    {
      name: 'where nothing is known, a slice has one day',
      plan: { existing: [], days: 10, perDay: null },
      keys: [26, 25, 24, 23, 22, 21, 20, 19, 18, 17].map((date) => `2026-11-${date}`),
    },
    {
      name: 'a new day is added',
      plan: { existing: [day('2026-11-01', '2026-11-25')], days: 26, perDay: 0 },
      keys: ['2026-11-26'],
    },
    {
      name: 'days that were missed are added',
      plan: { existing: [day('2026-11-01', '2026-11-10')], days: 26, perDay: 100 },
      keys: [
        ...[26, 25, 24, 23, 22, 21, 20, 19].map((date) => `2026-11-${date}`),
        '2026-11-12/7',
        '2026-11-11',
      ],
    },
    {
      name: 'a policy with more days adds older ones',
      plan: { existing: [day('2026-11-20', '2026-11-26')], days: 9, perDay: 5_000 },
      keys: ['2026-11-19', '2026-11-18'],
    },
    {
      name: 'nothing is planned twice',
      plan: { existing: [day('2026-11-01', '2026-11-26')], days: 10, perDay: 0 },
      keys: [],
    },
  ])('$name', ({ plan, keys }) => {
    const slices = planDays({ accountSid, now: NOW, ...plan });
    expect(slices.map(({ key }) => key)).toEqual(keys);
    for (const { since, until } of slices) {
      expect((Number(until) - Number(since) + 1_000) % DAY_MS).toBe(0);
      expect(Number(since) % DAY_MS).toBe(0);
    }
    // The newest come first, without a gap.
    for (const [index, { until }] of slices.entries()) {
      const before = slices[index - 1]?.since;
      if (before && !plan.existing.length) expect(Number(before) - Number(until)).toBe(1_000);
    }
  });

  test('each account has a head and recent messages, and after the days the undated ones', () => {
    expect(
      [...planBase(accountSid), planUndated(accountSid)].map((slice) => [kindOf(slice), slice.rank]),
    ).toEqual([
      ['head', 0],
      ['recent', 1],
      ['undated', 3],
    ]);
    expect(kindOf({ key: '2026-11-26' })).toBe('days');
  });
});

describe('when a slice is read again', () => {
  const slice = (key: string, until: Date | null = null) => ({
    accountSid,
    key,
    since: until,
    until,
    rank: 0,
    dueAt: null,
  });
  const ago = (days: number) => new Date(NOW - days * DAY_MS);

  test.each([
    ['the head', slice('head'), 3, 2 / 1440, 2 / 1440],
    ['recent messages', slice('recent'), 1, 5 / 1440, 6 / 1440],
    ['many recent messages', slice('recent'), 300, 20 / 1440, 20 / 1440],
    ['a short list', slice('undated'), 1, 1 / 24, 1 / 24],
    ['a long list', slice('undated'), 960, 10, 10],
    ['the longest list', slice('undated'), 100_000, 30, 30],
    ['a day of this week', slice('2026-11-26', ago(1)), 50, 1, 1],
    ['an older day', slice('2026-10-01', ago(40)), 50, 24, 30],
  ])('%s', (_name, one, pages, least, most) => {
    const days = (nextDue(one, NOW, pages).getTime() - NOW) / DAY_MS;
    expect(days).toBeGreaterThanOrEqual(least);
    expect(days).toBeLessThanOrEqual(most);
  });

  test('an idle account costs less than a call a minute', () => {
    const all = [slice('head'), slice('recent'), slice('undated')];
    const days = Array.from({ length: 400 }, (_, index) => slice(`day-${index}`, ago(index + 1)));
    const perMinute = [...all, ...days].map((one) => 60_000 / (nextDue(one, NOW, 1).getTime() - NOW));
    expect(perMinute.reduce((sum, one) => sum + one, 0)).toBeLessThan(1);
  });

  test('a failure waits longer each time, and as long as Twilio says', () => {
    const once = { retryAfter: null, lasting: false };
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, once, 1))).toEqual([
      5_000, 10_000, 20_000, 900_000,
    ]);
    expect(backoffMs(1, { ...once, retryAfter: 60 }, 0)).toBe(60_000);
    expect(backoffMs(1, { ...once, lasting: true }, 0)).toBe(900_000);
  });
});

describe('what the pages of a list prove', () => {
  const second = (value: number) => value * 1_000;
  const items = (...all: [string, number | null][]): SweptItem[] =>
    all.map(([sid, sentAt]) => ({ sid, sentAt: sentAt === null ? null : second(sentAt) }));
  const next = { page: '1', pageToken: 'PA' };

  /** Sweeps pages; returns the complete ranges in seconds. */
  function sweepAll(pages: SweptItem[][], until: number | null, crashAfter = -1) {
    let sweep: Sweep = beginSweep(0, until);
    return pages.map((page, index) => {
      const step = sweepSent(sweep, page, index === pages.length - 1 ? null : next, second(0));
      sweep = step.sweep;
      if (index === crashAfter) sweep = decodeSweep(encodeSweep(sweep)) as Sweep;
      const { complete } = step;
      return (
        complete && {
          since: complete.since && complete.since.getTime() / 1000,
          until: complete.until && complete.until.getTime() / 1000,
          sids: complete.sids.join(''),
        }
      );
    });
  }

  test.each([
    {
      name: 'one page proves the whole range',
      pages: [items(['a', 9], ['b', 5])],
      ranges: [{ since: 0, until: 20, sids: 'ab' }],
    },
    {
      name: 'a page proves what is newer than its last message',
      pages: [items(['a', 9], ['b', 5]), items(['c', 5], ['d', 2]), items(['e', 1])],
      ranges: [
        { since: 6, until: 20, sids: 'ab' },
        { since: 3, until: 5, sids: 'bcd' },
        { since: 0, until: 2, sids: 'de' },
      ],
    },
    {
      name: 'a second that fills pages is proved after its last one',
      pages: [items(['a', 5], ['b', 5]), items(['c', 5], ['d', 5]), items(['e', 5], ['f', 2])],
      ranges: [{ since: 6, until: 20, sids: 'ab' }, undefined, { since: 0, until: 5, sids: 'abcdef' }],
    },
    {
      name: 'empty pages and messages without a date prove nothing',
      pages: [[], items(['a', null]), items(['b', 3])],
      ranges: [undefined, undefined, { since: 0, until: 20, sids: 'ab' }],
    },
    {
      name: 'a list in another order is proved at its end',
      pages: [items(['a', 9], ['b', 4]), items(['c', 8]), items(['d', 1])],
      ranges: [{ since: 5, until: 20, sids: 'ab' }, undefined, { since: 0, until: 4, sids: 'bcd' }],
    },
    {
      name: 'messages that are newer than the range prove nothing about others',
      pages: [items(['a', 30], ['b', 25]), items(['c', 10])],
      ranges: [undefined, { since: 0, until: 20, sids: 'abc' }],
    },
  ])('$name', ({ pages, ranges }) => {
    expect(sweepAll(pages, second(20))).toEqual(ranges);
    for (const index of pages.keys()) expect(sweepAll(pages, second(20), index)).toEqual(ranges);
  });

  test('a position that would be too long is not saved: the list is read from its beginning', () => {
    const many = items(...Array.from({ length: 1_001 }, (_, index) => [`${index}`, 5] as [string, number]));
    expect(encodeSweep(sweepSent(beginSweep(0, null), many, next, 0).sweep)).toBeNull();
    expect([null, '{', '{}', '7'].map(decodeSweep)).toEqual([null, null, null, null]);
  });
});
