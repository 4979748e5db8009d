import { describe, expect, test } from 'vitest';
import type { CredentialLoaders } from '../../src/loaders/credential-loaders.ts';
import type { Reader } from '../../src/loaders/read-summary.ts';
import { createResourceLoader } from '../../src/loaders/resource-loader.ts';
import { accounts } from '../../src/twilio/resources/accounts.ts';
import { coded, failureOf, loadersAt } from './kit.ts';

const LIST = '/2010-04-01/Accounts.json';
const single = (sid: string) => `/2010-04-01/Accounts/${sid}.json`;
const READ = '/twilio/iam/accounts/read';

/** Like DataLoader's loadMany: an error in place of a failed value. */
const loadMany = (context: CredentialLoaders, sids: readonly string[]) =>
  Promise.all(sids.map((sid) => context.load(accounts, { Sid: sid }).catch((error: unknown) => error)));

describe('accounts by SID', () => {
  test('are read with a single call if only one is requested', async () => {
    const { own, parent, apiPaths } = await loadersAt();
    const context = own();
    const load = () => context.load(accounts, { Sid: parent.sid });
    const [one, again] = await Promise.all([load(), load()]);
    expect(one).toMatchObject({ sid: parent.sid, friendly_name: parent.friendlyName });
    expect(again).toBe(one);
    expect(apiPaths()).toEqual([single(parent.sid)]);
  });

  test('cost one list call if several are requested, and are matched by SID', async () => {
    const { own, sandbox, apiPaths } = await loadersAt();
    const sids = Array.from({ length: 12 }, () => sandbox.addAccount().sid).reverse();
    const found = await loadMany(own(), [...sids, sids[0] ?? '']);
    expect(found).toMatchObject([...sids, sids[0]].map((sid) => ({ sid })));
    expect(apiPaths()).toEqual([LIST]);
  });

  test('beyond the first page of the list are found on the next', async () => {
    const { own, sandbox, parent, apiPaths } = await loadersAt();
    for (let account = 0; account < 1_000; account += 1) sandbox.addAccount();
    const { suspended } = sandbox.accounts;
    const found = await loadMany(own(), [parent.sid, suspended.sid]);
    expect(found).toMatchObject([{ sid: parent.sid }, { sid: suspended.sid }]);
    expect(apiPaths()).toEqual([LIST, LIST]);
  });

  test('are found where the first page is too large for Twilio: the next page has the size that worked', async () => {
    const { own, sandbox, parent } = await loadersAt({ switches: { failAbovePageSize: 600 } });
    for (let account = 0; account < 1_000; account += 1) sandbox.addAccount();
    const { suspended } = sandbox.accounts;
    const found = await loadMany(own(), [parent.sid, suspended.sid]);
    expect(found).toMatchObject([{ sid: parent.sid }, { sid: suspended.sid }]);
    const sizes = sandbox.calls.flatMap(({ path }) => /PageSize=\d+/.exec(path) ?? []);
    expect([...new Set(sizes)]).toEqual(['PageSize=1000', 'PageSize=500']);
    expect(sizes.slice(-3)).toEqual(Array(3).fill('PageSize=500'));
  });

  test('missing from the list are read one by one, and fail separately', async () => {
    const { own, parent, active, apiPaths } = await loadersAt({ switches: { accountsUnderOAuth: 'own' } });
    const [mine, other] = await loadMany(own(), [parent.sid, active.sid]);
    expect(mine).toMatchObject({ sid: parent.sid });
    expect(other).toMatchObject(coded('CREDENTIAL_MISSING', { accountSid: active.sid }));
    expect(apiPaths()).toEqual([LIST, single(active.sid)]);
  });

  test('are read one by one if listing is not permitted', async () => {
    const { own, parent, active, permit, apiPaths } = await loadersAt();
    permit(READ);
    const [mine, other] = await loadMany(own(), [parent.sid, active.sid]);
    expect(mine).toMatchObject({ sid: parent.sid });
    expect(other).toMatchObject(coded('CREDENTIAL_MISSING'));
    expect(apiPaths().sort()).toEqual([LIST, single(parent.sid), single(active.sid)].sort());
  });

  test.each([
    [{ fail503: 1 }, 'TWILIO_UNAVAILABLE'],
    [{ fail429: 1 }, 'TWILIO_RATE_LIMITED'],
    [{ htmlInsteadOfJson: 1 }, 'TWILIO_UNAVAILABLE'],
  ])('all fail if the list fails (%j), instead of being read one by one', async (fault, code) => {
    const { own, parent, active, sandbox, apiPaths } = await loadersAt();
    sandbox.set(fault);
    const results = await loadMany(own(), [parent.sid, active.sid]);
    expect(results).toMatchObject([coded(code), coded(code)]);
    expect(new Set(apiPaths())).toEqual(new Set([LIST]));
  });

  test('are resolved even if the list contains a cycle', async () => {
    const { parent, own } = await loadersAt();
    const { credential } = own();
    const name = { page: '1', pageToken: 'PT1' };
    let lists = 0;
    const reader = {
      list: async () => {
        lists += 1;
        return { items: [], name, pageSize: 1000, next: name, previous: null };
      },
      read: async (_: unknown, { Sid: sid }: { Sid: string }) => ({ sid }),
    } as unknown as Reader;
    const attempt = (accountSid = parent.sid) => ({ credential, accountSid });
    const loader = createResourceLoader(accounts, reader, attempt, []);
    expect(await loader.loadMany([{ Sid: 'AC1' }, { Sid: 'AC2' }])).toEqual([{ sid: 'AC1' }, { sid: 'AC2' }]);
    expect(lists).toBeLessThanOrEqual(100);
  });

  test('are null if the own account does not exist, and an error if another account does not', async () => {
    const { own, parent, active, sandbox } = await loadersAt();
    sandbox.set({ resourceMissing: 1 });
    expect(await own().load(accounts, { Sid: parent.sid })).toBeNull();
    expect(await failureOf(own().load(accounts, { Sid: active.sid }))).toMatchObject(
      coded('CREDENTIAL_MISSING'),
    );
  });

  test('do not contain auth_token', async () => {
    const { own, parent, active } = await loadersAt();
    const found = await loadMany(own(), [parent.sid, active.sid]);
    expect(JSON.stringify(found)).not.toMatch(/auth_token/);
  });

  test('on a page of the same request need no call', async () => {
    const { own, active, apiPaths } = await loadersAt();
    const context = own();
    await context.accounts({}, { first: 10 });
    expect(await context.load(accounts, { Sid: active.sid })).toMatchObject({ sid: active.sid });
    expect(apiPaths()).toEqual([LIST]);
  });
});
