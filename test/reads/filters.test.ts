import { describe, expect, test } from 'vitest';
import { countryOf } from '../../src/delivery/country.ts';
import { createKit, type Kit, noErrors } from '../kit.ts';
import { type Row, readAll, sidsOf } from './rows.ts';

const QUERY = `query($filter: MessageFilter) {
  messages(first: 1000, filter: $filter) { nodes { sid } scannedCount scanLimitReached pageInfo { hasNextPage } }
}`;

const NOW = Date.parse('2026-06-15T12:00:00Z');
const kitAt = (messages = 2_000) => createKit({ now: () => NOW, sandbox: { messages, clock: () => NOW } });
const DAY = 86_400_000;
const ago = (days: number) => new Date(NOW - days * DAY).toISOString();

async function find(kit: Kit, filter: object) {
  const { data } = noErrors(await kit.query(QUERY, { filter }));
  return data.messages;
}

describe('the filter by creation', () => {
  test('finds messages that were rejected before they were sent', async () => {
    const kit = kitAt();
    const rows = await readAll(kit);
    const wanted = rows.filter(({ dateCreated }) => Date.parse(dateCreated) >= NOW - 7 * DAY);
    expect(wanted.some(({ dateSent }) => dateSent === null)).toBe(true);
    const found = await find(kit, { dateCreated: { since: ago(7) } });
    expect(sidsOf(found.nodes)).toEqual(sidsOf(wanted));
    const failed = { dateCreated: { since: ago(30) }, outcome: ['FAILED'] };
    const failures = rows.filter(
      ({ dateCreated, status }) =>
        Date.parse(dateCreated) >= NOW - 30 * DAY && ['FAILED', 'UNDELIVERED'].includes(status),
    );
    expect(failures.length).toBeGreaterThan(5);
    expect(sidsOf((await find(kit, failed)).nodes)).toEqual(sidsOf(failures));
  });

  test('the period bounds what is read', async () => {
    const kit = kitAt();
    const { calls, data } = noErrors(
      await kit.countCalls(QUERY, { filter: { dateCreated: { since: ago(30) }, outcome: ['FAILED'] } }),
    );
    expect(calls).toHaveLength(1);
    expect(data.messages.pageInfo.hasNextPage).toBe(false);
    expect(data.messages.scanLimitReached).toBe(false);
  });

  test('has two inclusive bounds', async () => {
    const kit = kitAt();
    const rows = await readAll(kit);
    const [from, to] = [rows[300]?.dateCreated ?? '', rows[100]?.dateCreated ?? ''];
    const wanted = rows.filter(({ dateCreated }) => dateCreated >= from && dateCreated <= to);
    const found = await find(kit, { dateCreated: { since: from, until: to } });
    expect(sidsOf(found.nodes)).toEqual(sidsOf(wanted));
  });

  test('a contradictory range is rejected', async () => {
    const kit = kitAt(50);
    const { errors } = await kit.query(QUERY, { filter: { dateCreated: { since: ago(1), until: ago(2) } } });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'filter.dateCreated.since',
    });
  });
});

describe('the filters of the gateway', () => {
  const cases: [string, (rows: readonly Row[]) => object, (row: Row, filter: never) => boolean][] = [
    [
      'outcome',
      () => ({ outcome: ['SUCCEEDED'] }),
      ({ status }) => ['DELIVERED', 'READ', 'RECEIVED'].includes(status),
    ],
    [
      'country',
      () => ({ country: ['us'] }),
      ({ direction, from, to }) => countryOf(direction === 'INBOUND' ? from : to) === 'US',
    ],
    [
      'messagingServiceSid',
      (rows) => ({ messagingServiceSid: [rows.find((row) => row.messagingServiceSid)?.messagingServiceSid] }),
      ({ messagingServiceSid }, { messagingServiceSid: [sid] }: { messagingServiceSid: string[] }) =>
        messagingServiceSid === sid,
    ],
    [
      'text',
      () => ({ text: 'CODE verification' }),
      ({ body }) => /code/i.test(body ?? '') && /verification/i.test(body ?? ''),
    ],
    [
      'participant',
      () => ({ participant: '+14155550125' }),
      ({ from, to }) => [from, to].some((one) => one?.replace(/^\w+:/, '') === '+14155550125'),
    ],
  ];

  test.each(cases)('%s', async (_, filterOf, isWanted) => {
    const kit = kitAt(1_000);
    const rows = await readAll(kit);
    const filter = filterOf(rows);
    const wanted = rows.filter((row) => isWanted(row, filter as never));
    expect(wanted.length).toBeGreaterThan(1);
    expect(sidsOf((await find(kit, filter)).nodes).sort()).toEqual(sidsOf(wanted).sort());
  });

  test('a country or a Messaging Service that cannot exist is rejected', async () => {
    const kit = kitAt(50);
    const { errors } = await kit.query(QUERY, { filter: { country: ['Germany'] } });
    expect(errors?.[0]?.message).toContain('ISO 3166-1');
  });
});
