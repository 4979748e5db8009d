import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HistoryStore } from '../../../src/history/history-store.ts';
import { type HistorySync, openHistorySync } from '../../../src/history/sync/history-sync.ts';
import { createLogger } from '../../../src/log.ts';
import { catchConnection } from '../../store/disk.ts';
import { sqliteHistory } from '../stores.ts';
import { againAll, policyOf, settled, stored, upstream } from './sync-suite.ts';

const engine = sqliteHistory();
const quiet = createLogger('silent', () => {});
const WAIT = { timeout: 20_000, interval: 20 };
let store: HistoryStore;
let sync: HistorySync | undefined;
let twilio: ReturnType<typeof upstream>;

let connection: ReturnType<typeof catchConnection>;

beforeEach(async () => {
  connection = catchConnection();
  store = await engine.open(await engine.empty());
  twilio = upstream({ messages: 40 });
  await store.setPolicy(policyOf(twilio.accountSid));
});
afterEach(async () => {
  await sync?.close();
  await store.close();
});
afterAll(() => engine.stop());

function start(history: HistoryStore = store): void {
  const accounts = async () => [twilio.account];
  sync = openHistorySync({ history, accounts, log: quiet, pollMs: 10, partSize: 15 });
}
const lastError = async () => (await store.status(twilio.accountSid)).lastError;
async function becomesEqual(): Promise<void> {
  await settled(store, twilio.accountSid);
  expect(await stored(store, twilio.accountSid)).toEqual(await twilio.rows());
  expect(await lastError()).toBeNull();
}

describe('a fault is said, claims nothing, and ends', () => {
  test('the disk is full', async () => {
    const pages = Object.values(connection().prepare('pragma page_count').get() ?? {});
    connection().exec(`pragma max_page_count = ${Number(pages[0]) + 4}`);
    start();
    await vi.waitFor(async () => expect(await lastError()).toBe('The messages could not be saved.'), WAIT);
    // A page is saved whole, with its counts, or not at all.
    const { messages, slicesDone, slicesTotal } = await store.status(twilio.accountSid);
    expect(await stored(store, twilio.accountSid)).toHaveLength(messages);
    const { total } = await store.stats({ accountSids: [twilio.accountSid], criteria: {}, dimensions: [] });
    expect(total.messages).toBe(messages);
    expect(slicesDone).toBeLessThan(slicesTotal);
    connection().exec('pragma max_page_count = 1000000');
    await becomesEqual();
  });

  test('Twilio rejects its own page tokens half-way', async () => {
    twilio.sandbox.set({ pageTokenRefused: 1 });
    start();
    await vi.waitFor(
      async () => expect(await lastError()).toBe('Twilio rejects its own page token (code 21481).'),
      WAIT,
    );
    const { messages, asOf, slicesDone, slicesTotal } = await store.status(twilio.accountSid);
    // First pages were saved, and nothing is said to be complete.
    expect(messages).toBeGreaterThan(0);
    expect(asOf).toBeNull();
    expect(slicesDone).toBeLessThan(slicesTotal);
    twilio.sandbox.set({ pageTokenRefused: 0 });
    await becomesEqual();
  });

  test('the account loses its permission, and gets it again', async () => {
    start();
    await vi.waitFor(
      async () => expect((await store.status(twilio.accountSid)).messages).toBeGreaterThan(0),
      WAIT,
    );
    const { clientId, permissions } = twilio.sandbox.apps[0] ?? { clientId: '', permissions: [] };
    twilio.sandbox.setPermissions(clientId, ['/twilio/iam/accounts/read']);
    await againAll(store, twilio.accountSid);
    await vi.waitFor(
      async () => expect(await lastError()).toBe('The credential may not list messages (code 70051).'),
      WAIT,
    );
    // What was copied stays; the account is left alone for 15 minutes.
    expect((await store.status(twilio.accountSid)).messages).toBeGreaterThan(0);
    const failed = (await store.slices(twilio.accountSid)).filter(({ failures }) => failures > 0);
    expect(failed.every(({ dueAt }) => Number(dueAt) > Date.now() + 800_000)).toBe(true);
    twilio.sandbox.setPermissions(clientId, permissions);
    await sync?.close();
    start();
    await becomesEqual();
  });

  test('Twilio rejects every call with 429', async () => {
    twilio.sandbox.set({ fail429: 1, retryAfterSeconds: 0 });
    start();
    await vi.waitFor(
      async () => expect(await lastError()).toBe('Twilio limits the calls (code 20429).'),
      WAIT,
    );
    expect(await store.status(twilio.accountSid)).toMatchObject({ messages: 0, asOf: null, slicesDone: 0 });
    twilio.sandbox.set({ fail429: 0 });
    // A gateway that starts again does not wait for the pause to end.
    await sync?.close();
    start();
    await becomesEqual();
  });
});
