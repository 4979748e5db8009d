import { describe, expect, test } from 'vitest';
import { toTree } from '../../console/src/accounts/account-tree.ts';
import { daysOf, readPeriod } from '../../console/src/accounts/usage-period.ts';
import { formatMoney, totalsOf, usedOf } from '../../console/src/accounts/usage-totals.ts';

test('the lists of several credentials become one tree', () => {
  const parent = { sid: 'P', ownerAccountSid: 'P' };
  const [first, second] = [
    { sid: 'A', ownerAccountSid: 'P' },
    { sid: 'B', ownerAccountSid: 'P' },
  ];
  const alone = { sid: 'C', ownerAccountSid: 'unseen' };
  const tree = toTree([[first], [alone], [parent, second, first]]);
  expect(tree.map(({ account: { sid }, isSubaccount }) => [sid, isSubaccount])).toEqual([
    ['C', false],
    ['P', false],
    ['A', true],
    ['B', true],
  ]);
});

describe('a period of usage', () => {
  const NOW = Date.parse('2026-03-01T00:30:00Z');
  test.each([
    ['this-month', '2026-03-01', '2026-03-01'],
    ['last-month', '2026-02-01', '2026-02-28'],
    ['last-7-days', '2026-02-23', '2026-03-01'],
    ['last-30-days', '2026-01-31', '2026-03-01'],
    ['all-time', null, null],
  ] as const)('%s', (period, since, until) => expect(daysOf(period, NOW)).toEqual({ since, until }));
  test('of January begins in December', () =>
    expect(daysOf('last-month', Date.parse('2026-01-15T00:00:00Z'))).toEqual({
      since: '2025-12-01',
      until: '2025-12-31',
    }));
  test('that nobody knows is this month', () => expect(readPeriod('next-year')).toBe('this-month'));
});

describe('usage', () => {
  const record = (category: string, count: string, amount = '0') => ({
    category,
    count,
    countUnit: 'messages',
    usage: count,
    usageUnit: 'segments',
    price: { amount, currency: 'USD' },
  });
  const records = [
    record('sms', '5', '0.04'),
    record('sms-inbound', '2'),
    record('sms-outbound', '3', '0.04'),
    record('mms', '0'),
    record('channels-messaging-inbound', '1'),
    record('channels-messaging-outbound', '2', '0.01'),
    record('calls', '9', '1'),
    record('totalprice', '1.05', '1.05'),
  ];
  test('counts no message twice', () => {
    expect(totalsOf(records)).toEqual({ messages: 8, price: { amount: '1.05', currency: 'USD' } });
    expect(totalsOf([...records, record('channels', '3')]).messages).toBe(8);
    expect(totalsOf([])).toEqual({ messages: 0, price: null });
  });
  test('leaves out what was not used, and the total', () => {
    expect(usedOf(records).map(({ category }) => category)).not.toContain('mms');
    expect(usedOf(records).map(({ category }) => category)).not.toContain('totalprice');
  });
  test.each([
    [{ amount: '1234.5', currency: 'USD' }, '$1,234.50'],
    [{ amount: '0.0079', currency: 'USD' }, '$0.0079'],
    [{ amount: '3', currency: 'not a currency' }, '3 not a currency'],
  ])('%j is %s', (money, text) => expect(formatMoney(money)).toBe(text));
});
