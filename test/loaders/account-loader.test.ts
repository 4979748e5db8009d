import { describe, expect, test } from 'vitest';
import { createAccountLoader } from '../../src/loaders/account-loader.ts';
import type { TwilioClient } from '../../src/twilio/client.ts';
import { coded, failureOf, loadersAt } from './kit.ts';

const LIST = '/2010-04-01/Accounts.json';
const single = (sid: string) => `/2010-04-01/Accounts/${sid}.json`;
const READ = '/twilio/iam/accounts/read';

describe('accounts by SID', () => {
  test('are fetched one by one when only one is wanted', async () => {
    const { own, parent, apiPaths } = await loadersAt();
    const { account } = own();
    const [one, again] = await Promise.all([account.load(parent.sid), account.load(parent.sid)]);
    expect(one).toMatchObject({ sid: parent.sid, friendly_name: parent.friendlyName });
    expect(again).toBe(one);
    expect(apiPaths()).toEqual([single(parent.sid)]);
  });

  test('cost one list call when several are wanted, and come by SID, not by position', async () => {
    const { own, sandbox, apiPaths } = await loadersAt();
    const sids = Array.from({ length: 12 }, () => sandbox.addAccount().sid).reverse();
    const accounts = await own().account.loadMany([...sids, sids[0] ?? '']);
    expect(accounts).toMatchObject([...sids, sids[0]].map((sid) => ({ sid })));
    expect(apiPaths()).toEqual([LIST]);
  });

  test('beyond the first page of the list are found on the next', async () => {
    const { own, sandbox, parent, apiPaths } = await loadersAt();
    for (let account = 0; account < 1_000; account += 1) sandbox.addAccount();
    const { suspended } = sandbox.accounts;
    const accounts = await own().account.loadMany([parent.sid, suspended.sid]);
    expect(accounts).toMatchObject([{ sid: parent.sid }, { sid: suspended.sid }]);
    expect(apiPaths()).toEqual([LIST, LIST]);
  });

  test('that the list lacks are asked for singly, and fail alone', async () => {
    const { own, parent, active, apiPaths } = await loadersAt({ switches: { accountsUnderOAuth: 'own' } });
    const [mine, other] = await own().account.loadMany([parent.sid, active.sid]);
    expect(mine).toMatchObject({ sid: parent.sid });
    expect(other).toMatchObject(coded('CREDENTIAL_MISSING', { accountSid: active.sid }));
    expect(apiPaths()).toEqual([LIST, single(active.sid)]);
  });

  test('are asked for singly when listing is not permitted', async () => {
    const { own, parent, active, permit, apiPaths } = await loadersAt();
    permit(READ);
    const [mine, other] = await own().account.loadMany([parent.sid, active.sid]);
    expect(mine).toMatchObject({ sid: parent.sid });
    expect(other).toMatchObject(coded('CREDENTIAL_MISSING'));
    expect(apiPaths().sort()).toEqual([LIST, single(parent.sid), single(active.sid)].sort());
  });

  test.each([
    [{ fail503: 1 }, 'TWILIO_UNAVAILABLE'],
    [{ fail429: 1 }, 'TWILIO_RATE_LIMITED'],
    [{ htmlInsteadOfJson: 1 }, 'TWILIO_UNAVAILABLE'],
  ])('fail together when the list does (%j), not one by one', async (fault, code) => {
    const { own, parent, active, sandbox, apiPaths } = await loadersAt();
    sandbox.set(fault);
    const results = await own().account.loadMany([parent.sid, active.sid]);
    expect(results).toMatchObject([coded(code), coded(code)]);
    expect(new Set(apiPaths())).toEqual(new Set([LIST]));
  });

  test('are found, or not, also where the list leads to itself for ever', async () => {
    const { parent, own } = await loadersAt();
    const { credential } = own();
    const name = { page: '1', pageToken: 'PT1' };
    let lists = 0;
    const client = {
      accounts: async () => {
        lists += 1;
        return { items: [], name, pageSize: 1000, next: name, previous: null };
      },
      account: async (sid: string) => ({ sid }),
    } as unknown as TwilioClient;
    const scope = { signal: new AbortController().signal, upstreamCalls: 0 };
    const loader = createAccountLoader(client, scope, (accountSid = parent.sid) => ({
      credential,
      accountSid,
    }));
    expect(await loader.loadMany(['AC1', 'AC2'])).toEqual([{ sid: 'AC1' }, { sid: 'AC2' }]);
    expect(lists).toBeLessThanOrEqual(100);
  });

  test('are null when the own account does not exist, and an error when another does not', async () => {
    const { own, parent, active, sandbox } = await loadersAt();
    sandbox.set({ resourceMissing: 1 });
    expect(await own().account.load(parent.sid)).toBeNull();
    expect(await failureOf(own().account.load(active.sid))).toMatchObject(coded('CREDENTIAL_MISSING'));
  });

  test('come without auth_token', async () => {
    const { own, parent, active } = await loadersAt();
    const accounts = await own().account.loadMany([parent.sid, active.sid]);
    expect(JSON.stringify(accounts)).not.toMatch(/auth_token/);
  });

  test('that a list of accounts brought cost nothing more', async () => {
    const { own, active, apiPaths } = await loadersAt();
    const context = own();
    await context.accounts({}, { first: 10 });
    expect(await context.account.load(active.sid)).toMatchObject({ sid: active.sid });
    expect(apiPaths()).toEqual([LIST]);
  });
});
