import type { Selectable } from 'kysely';
import type { Db, HistoryEngine } from './engine.ts';
import type { HistoryPolicies, HistoryPolicy, HistoryStatus, HistoryWrites } from './history-store.ts';
import type { AccountTable } from './tables.ts';

/** An account that has a policy. */
export interface StoredAccount extends HistoryPolicy {
  readonly id: number;
  readonly messages: number;
  /** In milliseconds. */
  readonly currentAt: number | null;
}

/** In the slices that were first read in this time, the speed of the first sync is measured. */
const PACE_MS = 300_000;

export function createHistoryPolicies(
  engine: HistoryEngine,
  writes: Pick<HistoryWrites, 'eraseBodies' | 'applyRetention'>,
): HistoryPolicies {
  const { db } = engine;
  return {
    async policies() {
      const rows = await db.selectFrom('history_account').selectAll().orderBy('id').execute();
      return rows.map((row) => toPolicy(toAccount(row)));
    },

    async policy(accountSid) {
      const account = await findAccount(db, accountSid);
      return account && toPolicy(account);
    },

    async setPolicy({ accountSid, enabled, paused, keepsBodies, days }) {
      const values = {
        enabled: Number(enabled),
        paused: Number(paused),
        keeps_bodies: Number(keepsBodies),
        days,
      };
      await db
        .insertInto('history_account')
        .values({ sid: accountSid, ...values, messages: 0, current_at: null, record: null, record_at: null })
        .onConflict((conflict) => conflict.column('sid').doUpdateSet(values))
        .execute();
      if (!keepsBodies) await writes.eraseBodies(accountSid);
      if (days !== null) await writes.applyRetention();
    },

    async status(accountSid): Promise<HistoryStatus> {
      const account = await findAccount(db, accountSid);
      if (!account) return NO_HISTORY;
      const slices = await db
        .selectFrom('history_slice')
        .select(['since', 'until', 'first_done_at', 'failures', 'failed_at', 'last_error'])
        .where('account', '=', account.id)
        .orderBy('until', 'desc')
        .execute();
      const done = slices.filter(({ first_done_at }) => first_done_at !== null);
      const failing = slices.filter(({ failures }) => failures > 0);
      const [lastFailed] = failing.toSorted((a, b) => (b.failed_at ?? 0) - (a.failed_at ?? 0));
      const now = Date.now();
      const recent = done.filter(({ first_done_at }) => (first_done_at ?? 0) > now - PACE_MS);
      const left = slices.length - done.length;
      const pace =
        recent.length / (now - Math.min(...recent.map(({ first_done_at }) => first_done_at ?? now)));
      return {
        policy: toPolicy(account),
        messages: account.messages,
        ...syncedRange(slices),
        asOf: dateOf(account.currentAt),
        slicesDone: done.length,
        slicesTotal: slices.length,
        slicesFailing: failing.length,
        estimatedSecondsLeft: estimate(left, pace),
        lastError: lastFailed?.last_error ?? null,
      };
    },
  };
}

export async function findAccount(db: Db, accountSid: string): Promise<StoredAccount | null> {
  const row = await db
    .selectFrom('history_account')
    .selectAll()
    .where('sid', '=', accountSid)
    .executeTakeFirst();
  return row ? toAccount(row) : null;
}

function toAccount(row: Selectable<AccountTable>): StoredAccount {
  return {
    id: row.id,
    accountSid: row.sid,
    enabled: row.enabled === 1,
    paused: row.paused === 1,
    keepsBodies: row.keeps_bodies === 1,
    days: row.days,
    messages: row.messages,
    currentAt: row.current_at,
  };
}

function toPolicy({ accountSid, enabled, paused, keepsBodies, days }: StoredAccount): HistoryPolicy {
  return { accountSid, enabled, paused, keepsBodies, days };
}

function estimate(left: number, pace: number): number | null {
  if (left === 0) return 0;
  return Number.isFinite(pace) && pace > 0 ? Math.ceil(left / pace / 1000) : null;
}

interface Range {
  readonly since: number | null;
  readonly until: number | null;
  readonly first_done_at: number | null;
}

/** The range of the newest slices without a gap between them that were all read. @param slices newest first */
function syncedRange(
  slices: readonly Range[],
): Pick<HistoryStatus, 'syncedFrom' | 'syncedUntil' | 'newestUnread'> {
  let from: number | null = null;
  let until: number | null = null;
  let newestUnread = false;
  for (const slice of slices) {
    if (slice.since === null || slice.until === null) continue;
    // Slices end a second before the next begins.
    if (slice.first_done_at === null || (from !== null && slice.until < from - 1000)) {
      if (from !== null) break;
      newestUnread = true;
      continue;
    }
    until ??= slice.until;
    from = slice.since;
  }
  return { syncedFrom: dateOf(from), syncedUntil: dateOf(until), newestUnread };
}

export function dateOf(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}

/** The status of an account without a policy. */
export const NO_HISTORY: HistoryStatus = {
  policy: null,
  messages: 0,
  syncedFrom: null,
  syncedUntil: null,
  newestUnread: false,
  asOf: null,
  slicesDone: 0,
  slicesTotal: 0,
  slicesFailing: 0,
  estimatedSecondsLeft: null,
  lastError: null,
};
