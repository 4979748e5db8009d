import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';
import { createKit, noErrors } from '../kit.ts';
import { readAll } from './rows.ts';

const USAGE = `query($sid: AccountSid!, $since: Date, $until: Date, $category: [String!], $by: UsageInterval) {
  account(sid: $sid) {
    usage(since: $since, until: $until, category: $category, by: $by) {
      category startDate endDate count countUnit usage usageUnit price { amount currency }
    }
  }
}`;
const NOW = Date.UTC(2026, 10, 22, 12);

interface Record {
  category: string;
  startDate: string;
  endDate: string;
  count: string | null;
  price: { amount: string; currency: string };
}

function kitOf(messages = 400) {
  const kit = createKit({ sandbox: { messages, epoch: NOW, clock: () => NOW } });
  const { sid } = kit.sandbox.accounts.parent;
  return {
    ...kit,
    sid,
    usage: async (variables: object = {}) =>
      noErrors(await kit.query(USAGE, { sid, ...variables })).data.account.usage as Record[],
    codeOf: async (variables: object) =>
      (await kit.query(USAGE, { sid, ...variables })).errors?.map(({ extensions }) => extensions),
  };
}

/** Counts text messages of a day from the messages themselves. */
function textsOf(rows: readonly WireMessage[], day: string) {
  return rows.filter(
    ({ date_created, num_media, from }) =>
      new Date(date_created ?? '').toISOString().startsWith(day) && num_media === '0' && !from?.includes(':'),
  );
}

async function allMessages({ accounts: { parent }, fetch }: Sandbox): Promise<WireMessage[]> {
  const authorization = `Basic ${Buffer.from(`${parent.sid}:${parent.authToken}`).toString('base64')}`;
  const path = `/2010-04-01/Accounts/${parent.sid}/Messages.json?PageSize=1000`;
  const response = await fetch(`https://api.twilio.com${path}`, { headers: { authorization } });
  return ((await response.json()) as { messages: WireMessage[] }).messages;
}

describe('usage', () => {
  test('by day equals a count of the messages themselves', async () => {
    const { usage, sandbox } = kitOf();
    const rows = await allMessages(sandbox);
    const records = await usage({ since: '2026-09-01', until: '2026-10-31', category: ['sms'], by: 'DAY' });
    expect(records.length).toBeGreaterThan(10);
    for (const { category, startDate, endDate, count, price } of records) {
      expect([category, endDate, price.currency]).toEqual(['sms', startDate, 'USD']);
      expect(startDate >= '2026-09-01' && startDate <= '2026-10-31').toBe(true);
      const texts = textsOf(rows, startDate);
      expect(count).toBe(String(texts.length));
      const cost = texts.reduce((sum, { price: one }) => sum - Number(one ?? 0), 0);
      expect(Number(price.amount)).toBeCloseTo(cost, 5);
    }
  });

  test('by month adds up the days, and without `by` the range is one period', async () => {
    const { usage } = kitOf();
    const range = { since: '2026-09-01', until: '2026-10-31', category: ['sms-outbound'] };
    const sum = (records: Record[]) => records.reduce((total, { count }) => total + Number(count), 0);
    const [days, months, whole] = [
      await usage({ ...range, by: 'DAY' }),
      await usage({ ...range, by: 'MONTH' }),
      await usage(range),
    ];
    expect(months.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([
      ['2026-10-01', '2026-10-31'],
      ['2026-09-01', '2026-09-30'],
    ]);
    expect(whole).toMatchObject([{ startDate: '2026-09-01', endDate: '2026-10-31' }]);
    expect([sum(months), sum(whole)]).toEqual([sum(days), sum(days)]);
  });

  test('reads all pages, halves a page that is too large, and asks once for each category', async () => {
    const kit = kitOf(1_200);
    kit.sandbox.set({ failAbovePageSize: 100 });
    const all = await kit.usage({ since: '2026-09-01', by: 'DAY' });
    expect(all.length).toBeGreaterThan(200);
    expect(new Set(all.map(({ category, startDate }) => `${category} ${startDate}`)).size).toBe(all.length);
    expect(all.find(({ category }) => category === 'totalprice')?.count).toBeNull();
    kit.sandbox.clearCalls();
    await kit.usage({ by: 'ALL_TIME', category: ['sms', 'mms', 'sms'] });
    const paths = kit.sandbox.calls.map(({ path }) => path).filter((path) => path.includes('/Usage/'));
    expect(paths).toHaveLength(2);
    expect(
      paths.every((path) => path.includes('AllTime.json') && path.includes('IncludeSubaccounts=false')),
    ).toBe(true);
  });

  test('is of the account alone, without its subaccounts', async () => {
    const kit = kitOf();
    const before = await kit.usage({ by: 'ALL_TIME', category: ['sms'] });
    kit.sandbox.addMessage('active');
    expect(await kit.usage({ by: 'ALL_TIME', category: ['sms'] })).toEqual(before);
    expect((await readAll(kit, kit.sid)).length).toBeGreaterThan(0);
  });

  test('without its permission is null, and the error names what to grant', async () => {
    const kit = kitOf();
    kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', ['/twilio/messaging/*', '/twilio/iam/*']);
    const { data, errors } = await kit.query(USAGE, { sid: kit.sid });
    expect(data.account).toEqual({ usage: null });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('/twilio/usage/records/list'),
        extensions: { code: 'TWILIO_PERMISSION_MISSING', permission: '/twilio/usage/records/list' },
      },
    ]);
  });

  test.each([
    [{ since: '2026-10-02', until: '2026-10-01' }, 'since'],
    [{ since: '2026-10-02', by: 'ALL_TIME' }, 'since'],
    [{ until: '2026-10-02', by: 'ALL_TIME' }, 'until'],
    [{ category: [] }, 'category'],
    [{ category: ['sms&Category=x'] }, 'category'],
    [{ category: Array.from({ length: 11 }, (_, index) => `sms-${index}`) }, 'category'],
  ])('rejects %j', async (variables, argument) => {
    const { codeOf } = kitOf(10);
    expect(await codeOf(variables)).toMatchObject([{ code: 'USAGE_ARGUMENTS_INVALID', argument }]);
  });
});
