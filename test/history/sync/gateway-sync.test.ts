import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HistoryStore } from '../../../src/history/history-store.ts';
import { createKit, noErrors } from '../../kit.ts';
import { createManagedKit } from '../../managed-kit.ts';
import { sqliteHistory } from '../stores.ts';

const SET = `mutation($id: ID!, $policy: HistoryPolicyInput!) {
  setHistoryPolicy(credentialId: $id, policy: $policy) { history { enabled keepsBodies days state messages } }
}`;
const STATUS = `{ credentials { history {
  enabled state syncedFrom syncedUntil asOf messages slicesDone slicesTotal estimatedSecondsLeft lastError
} } }`;

/** Opens a history in a folder of its own, and what closes and removes it. */
async function openEmpty() {
  const { empty, open, stop } = sqliteHistory();
  const history = await open(await empty());
  const end = async () => {
    await history.close();
    await stop();
  };
  return { history, end };
}

async function kitWithHistory(syncsHistory = true) {
  const { history, end } = await openEmpty();
  const kit = await createManagedKit({ history, syncsHistory });
  onTestFinished(end);
  const id = await kit.addCredential('desk');
  const status = async () => noErrors(await kit.admin(STATUS)).data.credentials[0].history;
  return { ...kit, history, id, status };
}

const WAIT = { timeout: 30_000, interval: 50 };

describe('a gateway that fills its copies', () => {
  test('is off until an ADMIN enables it, and then has every message', async () => {
    const kit = await kitWithHistory();
    expect(await kit.status()).toMatchObject({ enabled: false, state: 'OFF', messages: 0, asOf: null });
    const { data } = noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true } }));
    expect(data.setHistoryPolicy.history).toEqual({
      enabled: true,
      keepsBodies: true,
      days: null,
      state: 'BACKFILLING',
      messages: 0,
    });
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('CURRENT'), WAIT);
    const status = await kit.status();
    expect(status.slicesDone).toBe(status.slicesTotal);
    expect(status.messages).toBeGreaterThan(100);
    expect(status).toMatchObject({ estimatedSecondsLeft: 0, lastError: null });
    expect(Date.parse(status.syncedUntil)).toBeGreaterThan(Date.parse(status.syncedFrom));
    const listed = noErrors(
      await kit.admin('{ messages(first: 1000, source: HISTORY) { totalCount nodes { sid } } }'),
    );
    expect(listed.data.messages.totalCount).toBe(status.messages);
    const entries = noErrors(
      await kit.admin('{ auditEntries(action: "history.policy") { nodes { detail } } }'),
    );
    expect(entries.data.auditEntries.nodes[0].detail).toContain('"enabled":true');
  });

  test('has the accounts, too, and needs no permission to read them', async () => {
    const kit = await kitWithHistory();
    const { sid } = kit.sandbox.accounts.parent;
    noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true } }));
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('CURRENT'), WAIT);
    await vi.waitFor(
      async () => expect((await kit.history.account(sid))?.account.friendly_name).toBe('Northwind'),
      WAIT,
    );
    const other = await kitWithHistory();
    other.sandbox.setPermissions(other.sandbox.apps[0]?.clientId ?? '', ['/twilio/messaging/messages/list']);
    noErrors(await other.admin(SET, { id: other.id, policy: { enabled: true } }));
    await vi.waitFor(async () => expect((await other.status()).state).toBe('CURRENT'), WAIT);
    expect(await other.status()).toMatchObject({ lastError: null });
    expect(await other.history.account(sid)).toBeNull();
  });

  test('a reason is shown while it cannot be read', async () => {
    const kit = await kitWithHistory();
    kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', ['/twilio/iam/accounts/read']);
    noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true } }));
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('FAILING'), WAIT);
    expect((await kit.status()).lastError).toMatch(/^The credential may not list messages \(code 70051\)\.$/);
  });

  test('what was not kept is read again when it is kept', async () => {
    const kit = await kitWithHistory();
    noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true, keepsBodies: false } }));
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('CURRENT'), WAIT);
    const texts = async () =>
      (await bodies(kit.history, kit.sandbox.accounts.parent.sid)).filter(Boolean).length;
    expect(await texts()).toBe(0);
    noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true } }));
    await vi.waitFor(async () => expect(await texts()).toBeGreaterThan(50), WAIT);
  });

  test('an account that is erased and enabled again at once is copied again', async () => {
    const kit = await kitWithHistory();
    const enable = async () => noErrors(await kit.admin(SET, { id: kit.id, policy: { enabled: true } }));
    await enable();
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('CURRENT'), WAIT);
    const erased = noErrors(
      await kit.admin('mutation($id: ID!) { eraseHistory(credentialId: $id) { history { messages } } }', {
        id: kit.id,
      }),
    );
    expect(erased.data.eraseHistory.history.messages).toBe(0);
    // Before the sync has looked at the policies.
    await enable();
    await vi.waitFor(async () => expect((await kit.status()).state).toBe('CURRENT'), WAIT);
    expect((await kit.status()).messages).toBeGreaterThan(100);
  });

  test('metrics show rows, lag and parts', async () => {
    const { createLazyMetrics } = await import('../../../src/telemetry/lazy-metrics.ts');
    const telemetry = createLazyMetrics();
    const { history, end } = await openEmpty();
    const kit = createKit({ history, syncsHistory: true, telemetry, sandbox: { messages: 60 } });
    onTestFinished(async () => {
      await kit.gateway.close();
      await end();
    });
    const { sid } = kit.sandbox.accounts.parent;
    await history.setPolicy({ accountSid: sid, enabled: true, paused: false, keepsBodies: true, days: null });
    await vi.waitFor(async () => {
      const text = (await telemetry.exposition?.())?.text ?? '';
      expect(text).toMatch(/twilio_gateway_history_slices\{credential="sandbox",state="waiting"\} 0\n/);
      expect(text).toMatch(/twilio_gateway_history_messages\{credential="sandbox"\} [1-9]/);
      expect(text).toMatch(/twilio_gateway_history_lag_seconds\{credential="sandbox"\} \d/);
      expect(text).toMatch(/twilio_gateway_history_changes_total\{change="inserted"\} [1-9]/);
      expect(text).toMatch(/twilio_gateway_history_pages_total [1-9]/);
    }, WAIT);
  });
});

async function bodies(history: HistoryStore, accountSid: string) {
  const query = { accountSids: [accountSid], criteria: {} };
  const { messages } = await history.list(query, { order: 'NEWEST_FIRST', limit: 1_000 });
  return messages.map(({ body }) => body);
}
