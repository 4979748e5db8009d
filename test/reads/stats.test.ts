import { describe, expect, test } from 'vitest';
import { createKit, type Kit, noErrors } from '../kit.ts';
import { type Row, readAll } from './rows.ts';

const QUERY = `query($in: AccountSelection, $filter: MessageFilter, $groupBy: [MessageDimension!], $interval: StatsInterval, $timeZone: TimeZone) {
  messageStats(in: $in, filter: $filter, groupBy: $groupBy, interval: $interval, timeZone: $timeZone) {
    total { messages failed undelivered succeeded deliveryRate cost { amount currency } }
    groups { start status error { code title } channel direction sender country accountSid messagingServiceSid outcome measures { messages } }
    groupsTruncated
    coverage { source complete scanLimitReached historyTruncated since until scannedCount asOf unavailable { accountSid } }
  }
}`;

const NOW = Date.parse('2026-11-05T12:00:00Z');
const DAY = 86_400_000;
const kitAt = (messages = 2_000, config = {}) =>
  createKit({ now: () => NOW, sandbox: { messages, clock: () => NOW }, config });
const since = new Date(NOW - 14 * DAY).toISOString();

/** The day in Berlin, which went back an hour on 2026-10-25. */
const dayInBerlin = (date: string) =>
  new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' }).format(new Date(date));

const stats = async (kit: Kit, variables: object) =>
  noErrors(await kit.query(QUERY, variables)).data.messageStats;

describe('statistics', () => {
  test('failures of two weeks by error code and day in Berlin equal those of the rows', async () => {
    const kit = kitAt();
    const rows = (await readAll(kit)).filter(
      ({ dateCreated, status }) =>
        Date.parse(dateCreated) >= Date.parse(since) && ['FAILED', 'UNDELIVERED'].includes(status),
    );
    const expected = new Map<string, number>();
    for (const { dateCreated, errorCode } of rows) {
      const key = `${dayInBerlin(dateCreated)} ${errorCode}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    expect(rows.some(({ dateSent }) => dateSent === null)).toBe(true);
    const { groups, total, coverage } = await stats(kit, {
      filter: { dateCreated: { since }, outcome: ['FAILED'] },
      groupBy: ['ERROR_CODE'],
      interval: 'DAY',
      timeZone: 'Europe/Berlin',
    });
    const found = new Map(
      groups.map(
        ({
          start,
          error,
          measures,
        }: {
          start: string;
          error: { code: number } | null;
          measures: { messages: number };
        }) => [`${dayInBerlin(start)} ${error?.code ?? null}`, measures.messages],
      ),
    );
    expect(found).toEqual(expected);
    expect(total).toMatchObject({ messages: rows.length, succeeded: 0 });
    expect(coverage).toMatchObject({
      source: 'TWILIO',
      complete: true,
      scanLimitReached: false,
      historyTruncated: false,
      unavailable: [],
    });
    const starts = groups.map(({ start }: { start: string }) => start);
    expect(starts).toEqual(starts.toSorted());
  });

  test.each([
    'STATUS',
    'OUTCOME',
    'CHANNEL',
    'DIRECTION',
    'SENDER',
    'COUNTRY',
    'MESSAGING_SERVICE',
    'ACCOUNT',
  ])('groups by %s add up to the total', async (dimension) => {
    const kit = kitAt(500);
    const { groups, total } = await stats(kit, { in: { all: true }, groupBy: [dimension] });
    const sum = groups.reduce(
      (all: number, { measures }: { measures: { messages: number } }) => all + measures.messages,
      0,
    );
    expect(sum).toBe(total.messages);
    expect(groups.length).toBeGreaterThan(1);
  });

  test('costs are exact', async () => {
    const kit = kitAt(500);
    const rows = await readAll(kit);
    const cents = (wanted: string) =>
      rows
        .filter(({ priceUnit }: Row) => priceUnit === wanted)
        .reduce((sum, { price }) => sum - Math.round(Number(price) * 1e5), 0);
    const { total } = await stats(kit, {});
    for (const { amount, currency } of total.cost)
      expect(Math.round(Number(amount) * 1e5)).toBe(cents(currency));
    expect(total.cost.length).toBeGreaterThan(0);
  });

  test('a scan that does not fit the budget says so, and what it covered', async () => {
    const kit = kitAt(2_000, { scanBudget: 300 });
    const { total, coverage } = await stats(kit, {});
    expect(total.messages).toBe(300);
    expect(coverage).toMatchObject({ complete: false, scanLimitReached: true, scannedCount: 300 });
    expect(Date.parse(coverage.since)).toBeLessThan(Date.parse(coverage.until));
  });

  test('an account that cannot be read makes them incomplete', async () => {
    const kit = kitAt(100);
    const { active } = kit.sandbox.accounts;
    const app = kit.sandbox.apps.find(({ accountSid }) => accountSid === active.sid);
    kit.sandbox.setPermissions(app?.clientId ?? '', []);
    const { coverage } = await stats(kit, { in: { all: true } });
    expect(coverage).toMatchObject({
      complete: false,
      scanLimitReached: false,
      unavailable: [{ accountSid: active.sid }],
    });
  });

  test('takes one call for a thousand messages', async () => {
    const kit = kitAt(1_500);
    const total = (await readAll(kit)).length;
    const { calls } = noErrors(await kit.countCalls(QUERY, {}));
    expect(calls).toHaveLength(Math.ceil(total / 1000));
  });

  test.each([
    [{ timeZone: 'Mars/Base' }, 'BAD_USER_INPUT', 'IANA'],
    [{ groupBy: ['STATUS', 'CHANNEL', 'COUNTRY', 'SENDER'] }, 'TOO_MANY_DIMENSIONS', 'at most 3'],
  ])('%j is rejected', async (variables, code, text) => {
    const { errors } = await kitAt(10).query(QUERY, variables);
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(errors?.[0]?.message).toContain(text);
  });
});
