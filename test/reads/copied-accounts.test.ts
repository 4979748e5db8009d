import { describe, expect, test } from 'vitest';
import { CopiedAccounts } from '../../src/loaders/copied-accounts.ts';
import { createCopies } from '../../src/loaders/copies.ts';
import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import { ReadSummary } from '../../src/loaders/read-summary.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { noErrors } from '../kit.ts';
import { type CopyKit, createSyncedKit } from './copy.ts';

const LIST = `query($source: MessageSource, $filter: MessageFilter) {
  messages(first: 5, source: $source, filter: $filter) { source nodes { sid account { __typename sid friendlyName } } }
}`;
const THREADS =
  '{ threads(first: 2, source: HISTORY) { nodes { summary { lastMessage { account { friendlyName } } } } } }';

/** A gateway whose copy has the account under another name than Twilio has now. */
async function createRenamed(): Promise<CopyKit> {
  const kit = await createSyncedKit();
  const { sid } = kit.sandbox.accounts.parent;
  const account = {
    sid,
    friendly_name: 'As copied',
    status: 'active',
    type: 'Full',
    owner_account_sid: sid,
    date_created: null,
    date_updated: null,
  };
  await kit.history.saveAccount({ account, readAt: new Date() });
  return kit;
}

const namesOf = (nodes: { account: { friendlyName: string } }[]) => [
  ...new Set(nodes.map(({ account }) => account.friendlyName)),
];

describe('the account of a message', () => {
  test('is read where the message was read', async () => {
    const kit = await createRenamed();
    const copied = noErrors(await kit.countCalls(LIST, { source: 'HISTORY' }));
    expect(copied.calls).toEqual([]);
    expect(copied.data.messages.nodes[0].account.__typename).toBe('Account');
    expect(namesOf(copied.data.messages.nodes)).toEqual(['As copied']);
    // AUTO asks for what arrived since, and for nothing else.
    const chosen = noErrors(await kit.countCalls(LIST, { filter: { outcome: ['FAILED'] } }));
    expect(chosen.data.messages.source).toBe('HISTORY');
    expect(chosen.calls).toHaveLength(1);
    expect(namesOf(chosen.data.messages.nodes)).toEqual(['As copied']);
    const live = noErrors(await kit.countCalls(LIST, { source: 'TWILIO' }));
    expect(live.calls).toHaveLength(2);
    expect(namesOf(live.data.messages.nodes)).toEqual(['Northwind']);
  });

  test('of a thread comes from the copy, too', async () => {
    const kit = await createRenamed();
    const { data, calls } = noErrors(await kit.countCalls(THREADS));
    expect(calls).toEqual([]);
    expect(data.threads.nodes[0].summary.lastMessage.account.friendlyName).toBe('As copied');
  });

  test('is read from Twilio where the copy does not have it', async () => {
    const kit = await createRenamed();
    await kit.history.eraseAccount(kit.sandbox.accounts.parent.sid);
    const { sid } = kit.sandbox.accounts.parent;
    expect(await kit.history.account(sid)).toBeNull();
    const synced = await createSyncedKit();
    const { data, calls } = noErrors(await synced.countCalls(LIST, { source: 'HISTORY' }));
    expect(calls).toHaveLength(1);
    expect(namesOf(data.messages.nodes)).toEqual(['Northwind']);
  });

  test('is not shown of a copy that the caller may not read', async () => {
    const { history, sandbox } = await createRenamed();
    const { parent, active } = sandbox.accounts;
    const granted = { permission: 'ACCOUNTS_READ', granted: true, code: null };
    const load = (credential: object, store = history) => {
      const copies = { history: store, inspect: createCopies(store, Date.now) };
      const via = { credential: { accountSid: parent.sid, permissions: [granted], ...credential } };
      const accounts = new CopiedAccounts({ copies, reads: new ReadSummary() });
      return accounts.load(via as unknown as CredentialLoaders);
    };
    expect(await load({})).toMatchObject({ friendly_name: 'As copied' });
    expect(await load({ permissions: [{ ...granted, granted: false }] })).toBeNull();
    expect(await load({ refused: true })).toBeNull();
    expect(await load({ accountSid: active.sid })).toBeNull();
    const fails = async () => Promise.reject(new StoreUnavailableError('down'));
    expect(await load({}, { ...history, account: fails })).toBeNull();
    await history.setPolicy({
      accountSid: parent.sid,
      enabled: false,
      paused: false,
      keepsBodies: true,
      days: null,
    });
    expect(await load({})).toBeNull();
  });
});
