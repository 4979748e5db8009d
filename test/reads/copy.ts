import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { HistoryPolicy, HistoryStore } from '../../src/history/history-store.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createKit, type GraphQLResult, type Kit, type KitOptions, noErrors } from '../kit.ts';

export interface CopyKit extends Kit {
  readonly history: HistoryStore;
}

/** Creates a gateway with an empty history; both end with the test. */
export async function createCopyKit(options: KitOptions = {}): Promise<CopyKit> {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-copy-'));
  const history = await openSqliteHistory(join(directory, 'history.db'));
  onTestFinished(async () => {
    await history.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return Object.assign(createKit({ ...options, history }), { history });
}

/** Creates a gateway whose copy has everything of the parent account and, if asked for, of the subaccount. */
export async function createSyncedKit(
  sandbox: SandboxOptions = {},
  { subaccount = false, ...options }: KitOptions & { subaccount?: boolean } = {},
): Promise<CopyKit> {
  const kit = await createCopyKit({ ...options, sandbox });
  const { parent, active } = kit.sandbox.accounts;
  for (const { sid } of subaccount ? [parent, active] : [parent]) await sync(kit, sid);
  kit.sandbox.clearCalls();
  return kit;
}

/** Enables the history of an account, and copies it by reading its list, whose pages are saved as they are read. */
export async function sync(
  kit: Pick<CopyKit, 'query' | 'history'>,
  accountSid: string,
  policy: Partial<HistoryPolicy> = {},
) {
  const { history } = kit;
  await history.setPolicy({
    accountSid,
    enabled: true,
    paused: false,
    keepsBodies: true,
    days: null,
    ...policy,
  });
  let count = 0;
  for (let after: string | null = null; ; ) {
    const { data }: GraphQLResult = noErrors(
      await kit.query(
        'query($account: AccountSid, $after: String) { messages(accountSid: $account, first: 1000, after: $after) { nodes { sid } pageInfo { hasNextPage endCursor } } }',
        { account: accountSid, after },
      ),
    );
    count += data.messages.nodes.length;
    // A page that comes while another one is saved is not saved.
    const isSaved = async () => expect((await history.status(accountSid)).messages).toBe(count);
    if (!policy.days) await vi.waitFor(isSaved, 10_000);
    if (!data.messages.pageInfo.hasNextPage) break;
    after = data.messages.pageInfo.endCursor;
  }
  await finish(history, accountSid, 'everything', { since: new Date(0), until: new Date('2099-01-01') });
}

/** Records that a range was read. */
export async function finish(
  history: HistoryStore,
  accountSid: string,
  key: string,
  range: { since: Date; until: Date },
) {
  await history.planSlices([{ accountSid, key, ...range, rank: 0, dueAt: new Date(0) }]);
  const [slice] = await history.claimSlices({ leaseMs: 60_000, limit: 1, accountSid });
  if (!slice) throw new Error('nothing was planned');
  const readAt = new Date();
  await history.savePage({
    accountSid,
    messages: [],
    readAt,
    currentAt: readAt,
    slice: { lease: slice.lease, done: { dueAt: null } },
  });
}
