import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSandbox, type Sandbox, type WireMessage } from '../../src/sandbox/sandbox.ts';
import { createKit } from '../kit.ts';
import { type AskedFilter, expectedOf } from './filter-model.ts';
import { runs, within } from './runs.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 22, 12);

const QUERY = `query($f: MessageFilter, $first: Int, $after: String) {
  messages(filter: $f, first: $first, after: $after) {
    nodes { sid } historyTruncated pageInfo { hasNextPage endCursor }
  }
}`;

interface World {
  /** The time, and how far the gateway's clock is behind Twilio's. */
  readonly now: number;
  readonly behind: number;
  readonly kept: number;
  /** The retention that the gateway assumes at first. */
  readonly believed: number;
  readonly openDateRange: 'accept' | 'refuse';
  /** The creation times of messages: milliseconds after the beginning of retention. */
  readonly ages: readonly number[];
}

const offset = fc.oneof(
  fc.integer({ min: -3, max: 180 }).map((seconds) => seconds * SECOND),
  fc.integer({ min: -2 * DAY, max: 4 * DAY }),
  fc.integer({ min: 0, max: 7 * DAY }),
);

const world: fc.Arbitrary<World> = fc.record({
  now: fc.oneof(
    fc.integer({ min: 0, max: DAY - 1 }).map((ms) => NOON + ms),
    fc.constantFrom(0, 1, SECOND, HOUR, 12 * HOUR - SECOND, 12 * HOUR, 12 * HOUR + 1).map((ms) => NOON + ms),
  ),
  behind: fc.constantFrom(0, 0, 300, 2 * SECOND),
  kept: fc.constantFrom(1, 7, 30, 400),
  believed: fc.constantFrom(400, 0),
  openDateRange: fc.constantFrom('accept', 'accept', 'refuse'),
  ages: fc.array(offset, { minLength: 4, maxLength: 14 }),
});

/** Bounds at and around the beginning of retention; `on` are the days around it. */
const asked = fc.oneof(
  fc.record({ until: offset }),
  fc.record({ since: offset }),
  fc.record({ since: offset, until: offset }),
  fc.record({ on: fc.integer({ min: -1, max: 2 }) }),
);

function sandboxOf({ now, kept, openDateRange, ages }: World): Sandbox {
  const switches = { retentionDays: kept, openDateRange };
  const sandbox = createSandbox({ messages: 0, clock: () => now, switches });
  const date = (ms: number) => new Date(ms).toUTCString().replace('GMT', '+0000');
  for (const [index, age] of ages.entries()) {
    const created = now - kept * DAY + age;
    const channel = index % 3 === 0 ? { from: '+12125550100' } : {};
    const sent = index % 5 === 4 ? null : date(created + (index % 4) * SECOND);
    sandbox.addMessage('parent', { ...channel, date_created: date(created), date_sent: sent });
  }
  return sandbox;
}

async function everyMessage(sandbox: Sandbox): Promise<readonly WireMessage[]> {
  const { sid, authToken } = sandbox.accounts.parent;
  const authorization = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  const url = `/2010-04-01/Accounts/${sid}/Messages.json?PageSize=1000`;
  const { body } = await sandbox.handle({ method: 'GET', url, headers: { authorization } });
  return (JSON.parse(body) as { messages: WireMessage[] }).messages;
}

test('a date range finds every message Twilio keeps, or is marked as truncated', {
  timeout: within(60_000),
}, async () => {
  const outcomes: Record<string, number> = {};
  const check = async (
    one: World,
    dates: { since?: number; until?: number; on?: number },
    more: AskedFilter,
  ) => {
    const { now, behind, kept, believed } = one;
    const sandbox = sandboxOf(one);
    const config = { retentionDays: believed || kept };
    const kit = createKit({ over: sandbox, now: () => now - behind, config });
    const start = now - kept * DAY;
    const at = (ms: number | undefined) => (ms === undefined ? null : new Date(start + ms).toISOString());
    const { since, until, on } = dates;
    const dateSent =
      on === undefined
        ? { since: at(since), until: at(until) }
        : { on: new Date(start + on * DAY).toISOString().slice(0, 10) };
    const filter = { ...more, dateSent };
    const all = await everyMessage(sandbox);
    const expected = expectedOf(all, filter, now, kept);
    const found: string[] = [];
    let truncated = false;
    for (let after: string | null = null, more = true; more; ) {
      const { data, errors } = await kit.query(QUERY, { f: filter, first: 3, after });
      if (errors) {
        const [code] = errors.map(({ extensions }) => extensions.code);
        // If both clocks agree: a range may end between them.
        const early = expectedOf(all, filter, now - behind, kept);
        expect(['code' in expected && expected.code, 'code' in early && early.code]).toContain(code);
        outcomes[code ?? ''] = (outcomes[code ?? ''] ?? 0) + 1;
        return;
      }
      const { nodes, historyTruncated, pageInfo } = data.messages;
      found.push(...nodes.map(({ sid }: { sid: string }) => sid));
      truncated ||= historyTruncated;
      more = pageInfo.hasNextPage;
      after = pageInfo.endCursor;
    }
    const sids = 'sids' in expected ? expected.sids : [];
    if (truncated) expect(sids).toEqual(expect.arrayContaining(found));
    else expect(found).toEqual(sids);
    const outcome = `${truncated ? 'truncated' : 'whole'} ${Object.keys(dates).join()}`;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const more = fc.constantFrom<AskedFilter>({}, {}, { from: '+12125550100' }, { status: ['DELIVERED'] });
  await fc.assert(fc.asyncProperty(world, asked, more, check), runs(500));
  for (const outcome of ['whole until', 'whole since', 'truncated since', 'truncated on', 'whole on']) {
    expect(outcomes[outcome], outcome).toBeGreaterThan(0);
  }
  expect(outcomes.MESSAGE_HISTORY_LIMIT).toBeGreaterThan(0);
});

const shortHistory = (openDateRange: 'accept' | 'refuse') => {
  const clock = () => NOON + 90 * 60_000;
  const over = createSandbox({ messages: 6_000, clock, switches: { retentionDays: 7, openDateRange } });
  return { over, kit: createKit({ over, now: clock }) };
};

test('a range without a beginning returns all messages of an account that keeps seven days', async () => {
  const { over, kit } = shortHistory('accept');
  const dated = (await everyMessage(over)).filter(({ date_sent }) => date_sent !== null);
  const f = { dateSent: { until: new Date(NOON + DAY).toISOString() } };
  const { data } = await kit.query(QUERY, { f, first: 1000 });
  expect(data.messages.nodes).toHaveLength(dated.length);
  expect(data.messages.historyTruncated).toBe(false);
});

test('a range without a beginning gets one and is marked if Twilio requires it, with a single rejection', async () => {
  const { over, kit } = shortHistory('refuse');
  const dated = (await everyMessage(over)).filter(({ date_sent }) => date_sent !== null);
  const f = { dateSent: { until: new Date(NOON + DAY).toISOString() } };
  const first = await kit.countCalls(QUERY, { f, first: 1000 });
  const second = await kit.countCalls(QUERY, { f, first: 1000 });
  expect([first.calls.length, second.calls.length]).toEqual([2, 1]);
  for (const { data } of [first, second]) {
    expect(data.messages.historyTruncated).toBe(true);
    expect(data.messages.nodes.length).toBeGreaterThanOrEqual(dated.length - 1);
  }
});

test('a partly kept day returns that part and is marked', async () => {
  const { over, kit } = shortHistory('accept');
  const day = new Date(NOON - 7 * DAY).toISOString().slice(0, 10);
  const onDay = (await everyMessage(over)).filter(
    ({ date_sent }) => date_sent && new Date(date_sent).toISOString().startsWith(day),
  );
  expect(onDay.length).toBeGreaterThan(1);
  const { data } = await kit.query(QUERY, { f: { dateSent: { on: day } }, first: 1000 });
  expect(data.messages.nodes.map(({ sid }: { sid: string }) => sid)).toEqual(onDay.map(({ sid }) => sid));
  expect(data.messages.historyTruncated).toBe(true);
});
