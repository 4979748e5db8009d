import { randomUUID } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { HistoryEngine } from './engine.ts';
import {
  type HistorySlices,
  type LeasedSlice,
  LeaseLostError,
  type SliceProgress,
  type SliceState,
} from './history-store.ts';
import { dateOf, findAccount } from './policies.ts';
import type { HistoryTables, SliceTable } from './tables.ts';

/** Number of slices that one statement adds. */
const PLAN_AT_ONCE = 500;

export function createHistorySlices(engine: HistoryEngine): HistorySlices {
  const { db, now } = engine;
  const after = (ms: number) => sql<number>`${now} + ${sql.lit(Math.ceil(ms))}`;

  return {
    async clock() {
      const { rows } = await sql<{ now: number }>`select ${now} as now`.execute(db);
      return Number(rows[0]?.now);
    },

    async planSlices(slices) {
      const ids = new Map<string, number | null>();
      for (const { accountSid } of slices) {
        if (!ids.has(accountSid)) ids.set(accountSid, (await findAccount(db, accountSid))?.id ?? null);
      }
      const rows = slices.flatMap(({ accountSid, key, since, until, rank, dueAt }) => {
        const account = ids.get(accountSid);
        if (account == null) return [];
        const due_at = dueAt?.getTime() ?? null;
        return [
          {
            account,
            key,
            since: since?.getTime() ?? null,
            until: until?.getTime() ?? null,
            rank,
            due_at,
            failures: 0,
          },
        ];
      });
      for (let from = 0; from < rows.length; from += PLAN_AT_ONCE) {
        await db
          .insertInto('history_slice')
          .values(rows.slice(from, from + PLAN_AT_ONCE) as never)
          .onConflict((conflict) => conflict.columns(['account', 'key']).doNothing())
          .execute();
      }
    },

    async slices(accountSid) {
      const account = await findAccount(db, accountSid);
      if (!account) return [];
      const rows = await db
        .selectFrom('history_slice')
        .selectAll()
        .select(sql<number>`case when lease_until > ${now} then 1 else 0 end`.as('leased'))
        .where('account', '=', account.id)
        .execute();
      return rows
        .toSorted((a, b) => (b.until ?? 0) - (a.until ?? 0))
        .map((row) => toState(row, accountSid, row.leased === 1));
    },

    async reschedule(accountSid, keys, { dueAt, rank }) {
      const account = await findAccount(db, accountSid);
      if (!account || keys.length === 0) return;
      await db
        .updateTable('history_slice')
        .set({ due_at: dueAt.getTime(), ...(rank !== undefined && { rank }) })
        .where('account', '=', account.id)
        .where('key', 'in', keys)
        .execute();
    },

    async claimSlices({ leaseMs, limit, accountSid }) {
      return db.transaction().execute(async (transaction) => {
        const rows = await transaction
          .selectFrom('history_slice as s')
          .innerJoin('history_account as a', 'a.id', 's.account')
          .selectAll('s')
          .select('a.sid as account_sid')
          .where('a.enabled', '=', 1)
          .where('a.paused', '=', 0)
          .where('s.due_at', '<=', now)
          .where(({ or, eb }) => or([eb('s.lease_until', 'is', null), eb('s.lease_until', '<', now)]))
          .$if(accountSid !== undefined, (query) => query.where('a.sid', '=', accountSid ?? ''))
          .orderBy('s.rank')
          .orderBy('s.due_at')
          .orderBy('s.id')
          .limit(limit)
          .$if(engine.locksRows, (query) => query.forUpdate('s').skipLocked())
          .execute();
        const leased: LeasedSlice[] = [];
        for (const row of rows) {
          const token = randomUUID();
          await transaction
            .updateTable('history_slice')
            .set({ lease_token: token, lease_until: after(leaseMs) })
            .where('id', '=', row.id)
            .execute();
          const lease = { id: row.id, token };
          leased.push({ ...toState(row, row.account_sid, true), lease, position: row.position });
        }
        return leased;
      });
    },

    async renewSlice({ id, token }, leaseMs) {
      const { numUpdatedRows } = await db
        .updateTable('history_slice')
        .set({ lease_until: after(leaseMs) })
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async failSlice({ id, token }, { error, dueAt }) {
      await db
        .updateTable('history_slice')
        .set(({ eb }) => ({
          ...NOT_LEASED,
          failures: eb('failures', '+', 1),
          failed_at: now,
          last_error: error,
          due_at: dueAt.getTime(),
        }))
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .execute();
    },

    async releaseSlice({ id, token }) {
      await db
        .updateTable('history_slice')
        .set(NOT_LEASED)
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .execute();
    },

    async claimLease(name, owner, leaseMs) {
      const row = await db
        .insertInto('history_lease')
        .values({ name, owner, date_expires: after(leaseMs) })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ owner, date_expires: after(leaseMs) })
            .where(({ or, eb }) =>
              or([eb('history_lease.date_expires', '<', now), eb('history_lease.owner', '=', owner)]),
            ),
        )
        .returning('owner')
        .executeTakeFirst();
      return row?.owner === owner;
    },

    async releaseLease(name, owner) {
      await db.deleteFrom('history_lease').where('name', '=', name).where('owner', '=', owner).execute();
    },
  };
}

const NOT_LEASED = { lease_token: null, lease_until: null };

/** Records how far a slice was read, in the transaction that saves its page. @throws {LeaseLostError} */
export async function saveProgress(
  engine: HistoryEngine,
  transaction: Transaction<HistoryTables>,
  { lease, position = null, done }: SliceProgress,
): Promise<void> {
  const { now } = engine;
  const { numUpdatedRows } = await transaction
    .updateTable('history_slice')
    .set(
      done
        ? {
            ...NOT_LEASED,
            position: null,
            due_at: done.dueAt?.getTime() ?? null,
            first_done_at: sql<number>`coalesce(first_done_at, ${now})`,
            done_at: now,
            failures: 0,
            last_error: null,
          }
        : { position },
    )
    .where('id', '=', lease.id)
    .where('lease_token', '=', lease.token)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new LeaseLostError();
}

function toState(row: Selectable<SliceTable>, accountSid: string, leased: boolean): SliceState {
  return {
    accountSid,
    key: row.key,
    since: dateOf(row.since),
    until: dateOf(row.until),
    rank: row.rank,
    dueAt: dateOf(row.due_at),
    doneAt: dateOf(row.done_at),
    failures: row.failures,
    lastError: row.last_error,
    leased,
  };
}
