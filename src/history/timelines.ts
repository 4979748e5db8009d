import type { Transaction } from 'kysely';
import type { HistoryEngine } from './engine.ts';
import type { HistoryReads, Observation, StatusEvent, Timeline } from './history-store.ts';
import { sidBytes, sidKey } from './message-row.ts';
import { findAccount } from './policies.ts';
import type { HistoryTables, MessageRow, StatusEventTable } from './tables.ts';
import type { Terms } from './terms.ts';

/** Stored by their index, SYNC as null. */
const OBSERVATIONS: readonly Observation[] = ['SYNC', 'READ', 'CALLBACK', 'EVENT_STREAM'];

/** A message has about five statuses. One that changes without end keeps the first ones and its present one. */
const MAX_EVENTS = 50;

type PresentStatus = Pick<MessageRow, 'updated' | 'seen' | 'status_at'>;

export function observedAs(observation: Observation): number | null {
  return OBSERVATIONS.indexOf(observation) || null;
}

/** When the status of a row was first seen, by Twilio's clock, in seconds. */
function statusSince({ status_at, updated, seen }: PresentStatus): number {
  return status_at ?? (updated === 0 ? Math.floor(seen / 1000) : updated);
}

/**
 * Continues the timeline of a message of which another version was read: the row takes over since when it has its status,
 * or the status before becomes an event.
 *
 * @returns the row to write, and whether the status of the one before is to be recorded
 */
export function continueTimeline(
  row: MessageRow,
  before: MessageRow,
): { row: MessageRow; isChange: boolean } {
  if (row.status !== before.status || row.error !== before.error) return { row, isChange: true };
  const since = statusSince(before);
  const status_at = since === row.updated ? null : since;
  return { row: { ...row, status_at, observed: before.observed }, isChange: false };
}

/** Records the statuses that these messages had, in the transaction that replaces them. */
export async function recordStatuses(
  engine: Pick<HistoryEngine, 'insertAll' | 'isSidOf'>,
  transaction: Transaction<HistoryTables>,
  account: number,
  before: readonly MessageRow[],
): Promise<void> {
  if (before.length === 0) return;
  const counts = await transaction
    .selectFrom('history_status_event')
    .select(['sid', ({ fn }) => fn.countAll<number>().as('events')])
    .where('account', '=', account)
    .where(engine.isSidOf(before.map(({ sid }) => sid)))
    .groupBy('sid')
    .execute();
  const next = new Map(counts.map(({ sid, events }) => [sidKey(sid), Number(events)]));
  const events = before.flatMap((row): StatusEventTable[] => {
    const seq = next.get(sidKey(row.sid)) ?? 0;
    const { sid, status, error, observed } = row;
    return seq < MAX_EVENTS ? [{ account, sid, seq, at: statusSince(row), status, error, observed }] : [];
  });
  if (events.length > 0) await engine.insertAll(transaction, 'history_status_event', events, '');
}

/** Erases the timelines of messages. */
export async function eraseStatuses(
  engine: Pick<HistoryEngine, 'isSidOf'>,
  transaction: Transaction<HistoryTables>,
  account: number,
  sids: readonly Uint8Array[],
): Promise<void> {
  await transaction
    .deleteFrom('history_status_event')
    .where('account', '=', account)
    .where(engine.isSidOf(sids))
    .execute();
}

export function createHistoryTimelines(
  { reads }: HistoryEngine,
  terms: Terms,
): Pick<HistoryReads, 'timelines'> {
  return {
    async timelines(accountSid, sids) {
      const account = await findAccount(reads, accountSid);
      if (!account?.enabled || sids.length === 0) return [];
      // One statement, so that it sees a message and its events at the same time.
      const rows = await reads
        .selectFrom('history_message as m')
        .leftJoin('history_status_event as e', (join) =>
          join.onRef('e.account', '=', 'm.account').onRef('e.sid', '=', 'm.sid'),
        )
        .select(['m.sid', 'm.mm', 'm.status', 'm.error', 'm.updated', 'm.seen', 'm.status_at', 'm.observed'])
        .select(['e.at', 'e.status as past', 'e.error as past_error', 'e.observed as past_observed'])
        .where('m.account', '=', account.id)
        .where('m.sid', 'in', sids.map(sidBytes))
        .orderBy('e.seq')
        .execute();
      await terms.load();
      const toEvent = (
        status: number,
        errorCode: number | null,
        at: number,
        observed: number | null,
      ): StatusEvent => ({
        status: terms.textOf(status) ?? '',
        errorCode,
        at: new Date(at * 1000),
        observedBy: OBSERVATIONS[observed ?? 0] ?? 'SYNC',
      });
      return [...Map.groupBy(rows, ({ sid }) => sidKey(sid)).values()].map((own): Timeline => {
        const row = own[0] as (typeof own)[number];
        const past = own.flatMap(({ at, past, past_error, past_observed }) =>
          past === null || at === null ? [] : [toEvent(past, past_error, at, past_observed)],
        );
        return {
          sid: `${row.mm === 1 ? 'MM' : 'SM'}${sidKey(row.sid)}`,
          events: [...past, toEvent(row.status, row.error, statusSince(row), row.observed)],
          updatedAt: row.updated === 0 ? null : new Date(row.updated * 1000),
        };
      });
    },
  };
}
