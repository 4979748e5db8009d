import { describe, expect, test } from 'vitest';
import {
  conditionsOf,
  NO_FILTER,
  readFilter,
  toArguments,
  writeFilter,
} from '../../console/src/filters/filter.ts';
import { suggest } from '../../console/src/filters/suggest.ts';
import { changeFragment, parseFragment, printFragment } from '../../console/src/url/fragment.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const ACCOUNT = `AC${'0'.repeat(32)}`;

const read = (hash: string) => readFilter(parseFragment(hash));

describe('a filter', () => {
  test('is restored from the fragment it was written to', () => {
    const filter = {
      ...NO_FILTER,
      account: [ACCOUNT],
      with: '+14155550100',
      outcome: ['FAILED'],
      status: ['FAILED', 'UNDELIVERED'],
      error: [30003],
      direction: ['OUTBOUND_API'],
      country: ['DE'],
      media: false,
      text: '100 % & more #',
      range: { kind: 'last', amount: 24, unit: 'h' },
    } as const;
    const text = printFragment(changeFragment({}, writeFilter(filter)));
    expect(text).toContain('direction=outbound-api');
    expect(read(`#${text}`)).toEqual(filter);
  });

  test('of a fragment that was edited by hand has what is valid in it', () => {
    const filter = read(
      '#status=failed&status=nonsense&error=abc&error=30003&account=AC1&country=Germany&media=maybe&range=soon&direction=__proto__',
    );
    expect(filter).toEqual({ ...NO_FILTER, status: ['FAILED'], error: [30003] });
    expect(conditionsOf(filter)).toEqual(['status', 'error']);
  });

  test('without conditions reads all accounts, within the range', () => {
    expect(toArguments(NO_FILTER, NOW)).toEqual({
      in: { all: true },
      filter: { dateCreated: { since: '2026-11-21T12:00:00Z' } },
    });
    expect(toArguments({ ...NO_FILTER, range: { kind: 'all' } }, NOW).filter).toEqual({});
  });

  test('passes its conditions to the API', () => {
    expect(
      toArguments(read(`#account=${ACCOUNT}&with=+14155550100&media=no&error=30003&range=all`), NOW),
    ).toEqual({
      in: { sids: [ACCOUNT] },
      filter: { participant: '+14155550100', hasMedia: false, errorCode: [30003] },
    });
  });
});

describe('what is typed', () => {
  const all = Object.keys(NO_FILTER) as (keyof typeof NO_FILTER)[];
  const names = (typed: string, allowed = all) => suggest(typed, NO_FILTER, allowed).map(({ name }) => name);

  test.each([
    ['+1 415 555-0100', 'Person: +14155550100'],
    ['whatsapp:+14155550100', 'Person: whatsapp:+14155550100'],
    ['30003', 'Error code: 30003'],
    ['undel', 'Status: Undelivered'],
    ['fail', 'Outcome: Failed'],
    ['whats', 'Channel: WhatsApp'],
    ['de', 'Status: Delivered'],
    ['appointment on Tuesday', 'Text: “appointment on Tuesday”'],
  ])('%s means first %s', (typed, name) => expect(names(typed)[0]).toBe(name));

  test('leaves out conditions that the field policy hides', () => {
    const allowed = all.filter((key) => !['with', 'from', 'to', 'text'].includes(key));
    expect(names('+14155550100', allowed)).toEqual([]);
    expect(names('  ')).toEqual([]);
  });

  test('adds to the values of a list', () => {
    const filter = { ...NO_FILTER, error: [30005] };
    expect(suggest('30003', filter, all)[0]?.change).toEqual({ error: [30005, 30003] });
  });
});
