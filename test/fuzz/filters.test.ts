import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSandbox, type WireMessage } from '../../src/sandbox/sandbox.ts';
import { CACHE, createKit, type GraphQLResult } from '../kit.ts';
import { type AskedFilter, expectedOf } from './filter-model.ts';
import { searchTwice } from './held.ts';
import { HOSTILE_STRINGS } from './hostile-values.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';

const NOW = Date.UTC(2026, 10, 22, 13, 14, 15);
const DAY = 86_400_000;
const over = createSandbox({ messages: 250, clock: () => NOW });
const kit = createKit({ over, now: () => NOW, config: { cache: CACHE } });
const all = await everyMessage();

const QUERY =
  'query($f: MessageFilter) { messages(first: 1000, filter: $f) { nodes { sid } historyTruncated pageInfo { hasNextPage } } }';

async function everyMessage(): Promise<readonly WireMessage[]> {
  const { sid, authToken } = over.accounts.parent;
  const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  const path = `/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1000`;
  const { body } = await over.handle({ method: 'GET', url: path, headers: { authorization } });
  return (JSON.parse(body) as { messages: WireMessage[] }).messages;
}

/** Sends the filter and compares the result with the model. */
async function check(filter: AskedFilter): Promise<string> {
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { f: filter } }),
  });
  const text = await response.text();
  const asked = JSON.stringify(filter);
  expect(faultsOf({ status: response.status, text }, asked), asked).toEqual([]);
  const { data, errors } = JSON.parse(text) as GraphQLResult;
  const expected = expectedOf(all, filter, NOW);
  if ('code' in expected) {
    // One error for each invalid value.
    const told = new Set(errors?.map(({ extensions }) => extensions.code));
    expect([...told], asked).toEqual([expected.code]);
    return expected.code;
  }
  expect(errors, asked).toBeUndefined();
  const { nodes, historyTruncated, pageInfo } = data.messages;
  expect(
    nodes.map((node: { sid: string }) => node.sid),
    asked,
  ).toEqual(expected.sids);
  expect([historyTruncated, pageInfo.hasNextPage], asked).toEqual([expected.truncated, false]);
  return expected.sids.length > 0 ? 'found' : 'nothing';
}

const some = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values));
const list = <T>(values: readonly T[]) => fc.option(fc.array(fc.constantFrom(...values), { maxLength: 3 }));
const valuesOf = <K extends keyof WireMessage>(key: K) => [...new Set(all.map((message) => message[key]))];

const addresses = [...valuesOf('to'), ...valuesOf('from')].filter((one) => one !== null);
const words = all.flatMap(({ body }) => (body ?? '').split(' ')).filter(Boolean);
const codes = valuesOf('error_code').filter((one) => one !== null);

/** Instants at which errors are likely: of messages and next to them, at the limits of retention, at clock changes. */
const instants = [
  ...all.flatMap(({ date_sent }, index) => (date_sent && index % 6 === 0 ? [Date.parse(date_sent)] : [])),
  NOW,
  NOW - 400 * DAY,
  Math.ceil((NOW - 400 * DAY) / DAY) * DAY,
  Date.UTC(2026, 2, 29, 1),
  Date.UTC(2026, 10, 1, 6),
  Date.UTC(2024, 1, 29),
  0,
  -1,
  Date.UTC(9999, 11, 31, 23, 59, 59),
];
const OFFSETS = [0, 60, -300, 330, 345, 840, -720, 1439];
const ODD_TIMES = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.001Z',
  '9999-12-31T12:00:00-12:00',
  '+275760-09-13T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '2026-06-30T23:59:60+00:00',
  '2026-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-01T24:00:00Z',
  '2026-11-01T25:00:00Z',
  '2026-11-01T00:60:00Z',
  '2026-11-01T00:00:00',
  '2026-11-01T00:00:00+24:00',
  '2026-11-01T00:00:00+99:99',
  '2026-11-01T00:00:00-00:00',
  '2026-11-01t00:00:00z',
  '2026-11-01 00:00:00Z',
  '2026-11-01T00:00Z',
  '2026-11-01T00:00:00.999999999999Z',
  '2026-11-01',
  '1793491200',
  ...HOSTILE_STRINGS,
];

const time = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...instants),
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.constantFrom(...OFFSETS),
      )
      .map(written),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_TIMES) },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
);
const day = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...instants).map((at) => new Date(at).toISOString().slice(0, 10)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...ODD_TIMES.map((text) => text.slice(0, 10)), ...HOSTILE_STRINGS),
  },
);

/** Writes an instant in any form that RFC 3339 allows. */
function written([at, more, offset]: [number, number, number]): string {
  const minutes = Math.abs(offset);
  const sign = offset < 0 ? '-' : '+';
  const two = (value: number) => String(value).padStart(2, '0');
  const local = new Date(at + more + offset * 60_000).toISOString().slice(0, -1);
  return offset === 0 ? `${local}Z` : `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A few of the parts: all of them together match nothing, or are invalid. */
const fewOf = <T extends object>(parts: fc.Arbitrary<T>, ...sets: readonly (readonly (keyof T)[])[]) =>
  fc
    .tuple(parts, fc.constantFrom(...sets))
    .map(([all, names]) => Object.fromEntries(names.map((name) => [name, all[name]])) as Partial<T>);

const dates = fewOf(
  fc.record({ on: fc.option(day), since: fc.option(time), until: fc.option(time) }),
  ...([
    ['on'],
    ['since'],
    ['until'],
    ['until'],
    ['since', 'until'],
    ['since', 'until'],
    ['on', 'until'],
  ] as const),
);

const conditions = fc.record({
  to: some([...addresses, ...addresses, ...HOSTILE_STRINGS.slice(0, 12), '+1', 'call me']),
  from: some([...addresses, '12345', 'NOBODY', 'whatsapp:+1']),
  dateSent: fc.option(dates),
  status: list(['DELIVERED', 'FAILED', 'UNDELIVERED', 'RECEIVED', 'SENT', 'READ', 'QUEUED', 'CANCELED']),
  direction: list(['INBOUND', 'OUTBOUND_API', 'OUTBOUND_REPLY', 'OUTBOUND_CALL']),
  channel: list(['SMS', 'MMS', 'WHATSAPP', 'RCS', 'MESSENGER']),
  errorCode: fc.option(
    fc.array(fc.oneof(fc.constantFrom(...codes), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), {
      maxLength: 3,
    }),
  ),
  hasMedia: fc.option(fc.boolean()),
  bodyContains: fc.option(
    fc.oneof(
      fc.constantFrom(...words, ...HOSTILE_STRINGS.filter((text) => text.isWellFormed())),
      fc.string({ maxLength: 3 }),
    ),
  ),
});
const NAMES = [
  'to',
  'from',
  'dateSent',
  'status',
  'direction',
  'channel',
  'errorCode',
  'hasMedia',
  'bodyContains',
] as const;
const filter: fc.Arbitrary<AskedFilter> = fc
  .tuple(conditions, fc.subarray([...NAMES], { maxLength: 3 }))
  .map(([all, names]) => Object.fromEntries(names.map((name) => [name, all[name]])));

describe('a combined filter returns the result of the model', () => {
  test('all conditions', { timeout: within(60_000) }, async () => {
    const outcomes: Record<string, number> = {};
    await searchTwice(() =>
      fc.assert(
        fc.asyncProperty(filter, async (one) => {
          const outcome = await check(one);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }),
        runs(400),
      ),
    );
    // Otherwise only errors or empty results are tested.
    expect(outcomes.found).toBeGreaterThan(20);
    expect(outcomes.BAD_USER_INPUT).toBeGreaterThan(0);
  });

  test('dates of all kinds: offsets, leap seconds, extreme years, ranges that are reversed or a single second', {
    timeout: within(60_000),
  }, async () => {
    const outcomes: Record<string, number> = {};
    await searchTwice(() =>
      fc.assert(
        fc.asyncProperty(dates, async (dateSent) => {
          const outcome = await check({ dateSent });
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }),
        runs(500),
      ),
    );
    for (const outcome of ['found', 'BAD_USER_INPUT', 'MESSAGE_HISTORY_LIMIT']) {
      expect(outcomes[outcome], outcome).toBeGreaterThan(0);
    }
  });

  test.each(ODD_TIMES.filter((text) => text.length < 60))('a bound of %j', async (text) => {
    await check({ dateSent: { since: text } });
    await check({ dateSent: { until: text } });
    await check({ dateSent: { on: text } });
  });
});
