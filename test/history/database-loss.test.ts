import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { openHistory } from '../../src/history/open-history.ts';
import { createKit, noErrors } from '../kit.ts';
import { query } from '../store/postgres.ts';
import { postgresHistory } from './stores.ts';
import { policyOf, settled, stored } from './sync/sync-suite.ts';

vi.setConfig({ testTimeout: 90_000 });

const engine = postgresHistory();
beforeAll(() => engine.start(), 60_000);
afterAll(() => engine.stop());

const SEARCH = `query($source: MessageSource) { messages(first: 1000, source: $source, filter: { bodyContains: "a" }) {
  source nodes { sid } } }`;
const STATS = '{ messageStats(groupBy: [STATUS]) { coverage { source } total { messages } } }';
const THREADS = '{ threads(first: 3) { source nodes { participant } } }';
const NEWEST = '{ messages(first: 3) { source nodes { sid timeline { status } } } }';
const WAIT = { timeout: 30_000, interval: 25 };

async function kitOverPostgres() {
  const location = await engine.empty();
  const history = openHistory({ databaseUrl: location, file: '' });
  const kit = createKit({ history, syncsHistory: true, sandbox: { messages: 300 } });
  const accountSid = kit.sandbox.accounts.parent.sid;
  onTestFinished(async () => {
    await kit.gateway.close();
    await history.close();
  });
  return { ...kit, history, accountSid, location };
}

test('the database is lost during a sync: Twilio answers, the log says so, and nothing is lost or twice', async () => {
  const { accountSid, history, sandbox, location, lines, ...kit } = await kitOverPostgres();
  sandbox.set({ latencyMs: 15, maxItemsPerPage: 10 });
  await history.setPolicy(policyOf(accountSid));
  await vi.waitFor(async () => {
    const { slicesDone, messages } = await history.status(accountSid);
    expect(slicesDone).toBeGreaterThan(5);
    expect(messages).toBeGreaterThan(10);
  }, WAIT);
  await engine.server().halt();
  try {
    for (const read of [SEARCH, STATS, THREADS]) {
      const { data } = noErrors(await kit.query(read));
      expect(JSON.stringify(data)).toContain('"source":"TWILIO"');
    }
    const forced = await kit.query(SEARCH, { source: 'HISTORY' });
    expect(forced.errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
    const newest = await kit.query(NEWEST);
    expect(newest.data.messages).toMatchObject({
      source: 'TWILIO',
      nodes: Array(3).fill({ timeline: null }),
    });
    expect(newest.errors?.map(({ extensions }) => extensions.code)).toEqual(
      Array(3).fill('STORE_UNAVAILABLE'),
    );
    await vi.waitFor(() => expect(lines.join('')).toContain('the history cannot be synced now'), WAIT);
    expect(lines.join('')).not.toContain(engine.server().password);
  } finally {
    await engine.server().resume();
  }
  sandbox.set({ latencyMs: 0, maxItemsPerPage: 1_000 });
  // Slices that were being read stay leased for half a minute.
  await query(location, 'update history_slice set lease_until = 0 where lease_until is not null');
  await settled(history, accountSid);
  const { data } = noErrors(await kit.query(SEARCH));
  expect(data.messages.source).toBe('HISTORY');
  const all = noErrors(await kit.query('{ messages(first: 1000, source: TWILIO) { nodes { sid } } }'));
  const sids = all.data.messages.nodes.map(({ sid }: { sid: string }) => sid).sort();
  expect((await stored(history, accountSid)).map(({ sid }) => sid)).toEqual(sids);
  expect(await history.status(accountSid)).toMatchObject({ messages: sids.length, lastError: null });
});

test('the database is lost during a read: an AUTO read continues at Twilio', async () => {
  const { accountSid, history, location, ...kit } = await kitOverPostgres();
  await history.setPolicy(policyOf(accountSid));
  await settled(history, accountSid);
  expect(noErrors(await kit.query(SEARCH)).data.messages.source).toBe('HISTORY');
  const client = new pg.Client({ connectionString: location });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin');
  // Reads of messages wait, and so does what AUTO saves before it reads.
  await client.query('lock table history_message in access exclusive mode');
  const reads = [kit.query(SEARCH), kit.query(SEARCH, { source: 'HISTORY' })];
  const waiting = `select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and wait_event_type = 'Lock'`;
  await vi.waitFor(async () => expect(await query(location, waiting)).toHaveLength(2), WAIT);
  await query(
    location,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  const [auto, forced] = await Promise.all(reads);
  expect(noErrors(auto ?? {}).data.messages.source).toBe('TWILIO');
  expect(forced?.errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
  expect(noErrors(await kit.query(SEARCH)).data.messages.source).toBe('HISTORY');
});
