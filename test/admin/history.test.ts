import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HistoryStore } from '../../src/history/history-store.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { wireMessage } from '../wire-message.ts';

const STATUS =
  'history { enabled keepsBodies days state messages syncedFrom syncedUntil slicesDone slicesTotal estimatedSecondsLeft lastError }';
const SET = `mutation($id: ID!, $policy: HistoryPolicyInput!) {
  setHistoryPolicy(credentialId: $id, policy: $policy) { ${STATUS} }
}`;
const ERASE = `mutation($id: ID!) { eraseHistory(credentialId: $id) { ${STATUS} } }`;
const OFF = { enabled: false, keepsBodies: false, days: null, state: 'OFF', messages: 0, lastError: null };

/** A gateway with one credential and an empty history. */
async function open(broken: Partial<HistoryStore> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-history-'));
  const history = await openSqliteHistory(join(folder, 'history.db'));
  const kit = await createManagedKit({ history: { ...history, ...broken } });
  onTestFinished(async () => {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const id = await kit.addCredential('main');
  const accountSid = kit.sandbox.accounts.parent.sid;
  const save = (count: number) =>
    history.savePage({
      accountSid,
      readAt: new Date(),
      messages: Array.from({ length: count }, (_, index) =>
        wireMessage({
          account_sid: accountSid,
          sid: `SM${index.toString(16).padStart(32, '0')}`,
          body: 'rosebud',
        }),
      ),
    });
  return { ...kit, history, id, accountSid, save };
}

describe('the policy of a history', () => {
  test('an ADMIN enables, changes, pauses and disables it, and the audit has each step', async () => {
    const { admin, history, id, accountSid, save, store } = await open();
    const status = async () => noErrors(await admin(`{ credential { ${STATUS} } }`)).data.credential.history;
    expect(await status()).toMatchObject(OFF);

    const enabled = noErrors(await admin(SET, { id, policy: { enabled: true } })).data.setHistoryPolicy;
    expect(enabled.history).toMatchObject({
      enabled: true,
      keepsBodies: true,
      days: null,
      state: 'BACKFILLING',
      slicesTotal: 0,
    });
    await save(3);
    expect(await status()).toMatchObject({ messages: 3, state: 'BACKFILLING' });

    await history.planSlices([
      { accountSid, key: 'a', since: null, until: null, rank: 0, dueAt: new Date(0) },
    ]);
    const [slice] = await history.claimSlices({ leaseMs: 1000, limit: 1 });
    if (!slice) throw new Error('no slice');
    await history.failSlice(slice.lease, { error: 'Twilio could not be reached.', dueAt: new Date(0) });
    expect(await status()).toMatchObject({ state: 'FAILING', lastError: 'Twilio could not be reached.' });
    const [again] = await history.claimSlices({ leaseMs: 1000, limit: 1 });
    if (!again) throw new Error('no slice');
    await history.savePage({
      accountSid,
      readAt: new Date(),
      messages: [],
      currentAt: new Date(),
      slice: { lease: again.lease, done: { dueAt: null } },
    });
    expect(await status()).toMatchObject({
      state: 'CURRENT',
      slicesDone: 1,
      slicesTotal: 1,
      lastError: null,
    });

    await admin(SET, { id, policy: { enabled: true, paused: true, keepsBodies: false, days: 4000 } });
    expect(await status()).toMatchObject({ keepsBodies: true, state: 'CURRENT' });
    await admin(SET, { id, policy: { enabled: true, paused: true, keepsBodies: false, days: 3660 } });
    expect(await status()).toMatchObject({ keepsBodies: false, days: 3660, state: 'PAUSED' });
    await admin(SET, { id, policy: { enabled: false } });
    expect(await status()).toMatchObject({ enabled: false, state: 'OFF' });

    const entries = await store.listAudit({ limit: 10, action: 'history.policy' });
    expect(entries.map(({ detail }) => detail)).toEqual([
      { nickname: 'main', accountSid, enabled: false, paused: false, keepsBodies: true, days: null },
      { nickname: 'main', accountSid, enabled: true, paused: true, keepsBodies: false, days: 3660 },
      { nickname: 'main', accountSid, enabled: true, paused: false, keepsBodies: true, days: null },
    ]);
  });

  test.each([0, -1, 3661])('%i days are rejected', async (days) => {
    const { admin, id } = await open();
    const { errors } = await admin(SET, { id, policy: { enabled: true, days } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'policy.days' });
  });

  test('a READER sees the state, and may change nothing', async () => {
    const { admin, query, readerKey, id } = await open();
    const { authorization } = await readerKey([id]);
    await admin(SET, { id, policy: { enabled: true } });
    const seen = noErrors(await query(`{ credential { ${STATUS} } }`, {}, { authorization }));
    expect(seen.data.credential.history).toMatchObject({ state: 'BACKFILLING' });
    for (const [mutation, variables] of [
      [SET, { id, policy: { enabled: false } }],
      [ERASE, { id }],
    ] as const) {
      const { errors } = await query(mutation, variables, { authorization });
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }
  });

  test('an unknown id is an error', async () => {
    const { admin, id } = await open();
    const unknown = Buffer.from('Credential:nobody').toString('base64');
    expect((await admin(ERASE, { id: unknown })).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
    expect((await admin(ERASE, { id: `${id}x` })).errors?.[0]?.extensions?.code).toBeDefined();
  });

  test('a gateway without a history store says so', async () => {
    const { admin, addCredential } = await createManagedKit();
    const id = await addCredential('main');
    expect(noErrors(await admin(`{ credential { ${STATUS} } }`)).data.credential.history).toMatchObject(OFF);
    const { errors } = await admin(SET, { id, policy: { enabled: true } });
    expect(errors?.[0]?.extensions?.code).toBe('HISTORY_STORE_MISSING');
  });
});

describe('erasing a history', () => {
  test('erases the copy and disables it', async () => {
    const { admin, history, id, accountSid, save, store } = await open();
    await admin(SET, { id, policy: { enabled: true, keepsBodies: true } });
    await save(4);
    const erased = noErrors(await admin(ERASE, { id })).data.eraseHistory;
    expect(erased.history).toMatchObject({ enabled: false, state: 'OFF', messages: 0 });
    await save(4);
    expect((await history.status(accountSid)).messages).toBe(0);
    const [entry] = await store.listAudit({ limit: 1 });
    expect(entry).toMatchObject({ action: 'history.erase', detail: { accountSid, messages: 4 } });
  });

  test('removing the last credential of an account erases its copy', async () => {
    const { admin, addCredential, history, id, accountSid, save, store, sandbox } = await open();
    const { clientId, clientSecret } = sandbox.addApp({ accountSid });
    const input = { nickname: 'second', clientId, clientSecret };
    const added = noErrors(
      await admin('mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }', { input }),
    ).data.addCredential;
    await addCredential('other account', 1);
    await admin(SET, { id, policy: { enabled: true } });
    await save(5);
    const remove = 'mutation($id: ID!) { removeCredential(input: { id: $id }) }';
    noErrors(await admin(remove, { id }));
    expect((await history.status(accountSid)).messages).toBe(5);
    noErrors(await admin(remove, { id: added.id }));
    expect(await history.policy(accountSid)).toBeNull();
    const [last, first] = await store.listAudit({ limit: 2 });
    expect([first?.detail, last?.detail]).toEqual([
      { nickname: 'main', accountSid, erasedMessages: 0 },
      { nickname: 'second', accountSid, erasedMessages: 5 },
    ]);
  });

  test('a credential stays if its copy cannot be erased', async () => {
    const { admin, id, store } = await open({
      removeAccount: () => Promise.reject(new StoreUnavailableError('it is gone.')),
    });
    await admin(SET, { id, policy: { enabled: true } });
    const { errors } = await admin('mutation($id: ID!) { removeCredential(input: { id: $id }) }', { id });
    expect(errors?.[0]?.extensions?.code).toBe('STORE_UNAVAILABLE');
    expect(await store.list()).toHaveLength(1);
  });
});
