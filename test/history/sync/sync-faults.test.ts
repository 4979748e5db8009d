import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HistoryStore } from '../../../src/history/history-store.ts';
import { type HistorySync, openHistorySync } from '../../../src/history/sync/history-sync.ts';
import { createLogger } from '../../../src/log.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { sqliteHistory } from '../stores.ts';
import { policyOf, settled, stored, upstream } from './sync-suite.ts';

const engine = sqliteHistory();
const quiet = createLogger('silent', () => {});
const WAIT = { timeout: 20_000, interval: 20 };
let store: HistoryStore;
let sync: HistorySync | undefined;
let twilio: ReturnType<typeof upstream>;

beforeEach(async () => {
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
    let isFull = true;
    start({
      ...store,
      savePage: async (page) => {
        if (isFull) throw new StoreUnavailableError('the disk is full.');
        return store.savePage(page);
      },
    });
    await vi.waitFor(async () => expect(await lastError()).toBe('The messages could not be saved.'), WAIT);
    expect(await store.status(twilio.accountSid)).toMatchObject({ messages: 0, asOf: null, slicesDone: 0 });
    isFull = false;
    await store.reschedule(twilio.accountSid, ['head', 'recent'], { dueAt: new Date(0) });
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
