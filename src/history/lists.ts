import { type SqlBool, sql } from 'kysely';
import type { WireMessage } from '../twilio/resources/messages.ts';
import {
  branchesOf,
  type Conditions,
  indexOf,
  messageConditions,
  servedByIndex,
  toConditions,
} from './criteria.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import type {
  HistoryMessages,
  HistoryQuery,
  HistoryReads,
  HistoryWindow,
  MessageKey,
} from './history-store.ts';
import { countsFor, type ListCounts, matchingSpans, type Span } from './matching-hours.ts';
import { sidBytes, sidKey, toMessage } from './message-row.ts';
import { findAccount } from './policies.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';

/** An account that is read. */
export interface ReadAccount {
  readonly id: number;
  readonly sid: string;
}

/** The accounts and the filter of a query, looked up. */
export interface OpenQuery {
  readonly accounts: readonly ReadAccount[];
  readonly conditions: Conditions;
}

/** Looks up the accounts that are enabled, and the terms of the filter. @throws {BAD_USER_INPUT} */
export async function openQuery(
  engine: HistoryEngine,
  terms: Terms,
  { accountSids, criteria }: HistoryQuery,
): Promise<OpenQuery> {
  await terms.load();
  const conditions = toConditions(criteria, terms);
  if (accountSids.length === 0) return { accounts: [], conditions };
  const accounts = await engine.reads
    .selectFrom('history_account')
    .select(['id', 'sid'])
    .where('sid', 'in', [...new Set(accountSids)])
    .where('enabled', '=', 1)
    .orderBy('id')
    .execute();
  return { accounts, conditions };
}

export function createHistoryLists(engine: HistoryEngine, terms: Terms): Pick<HistoryReads, 'find' | 'list'> {
  return {
    async find(accountSid, sid): Promise<WireMessage | null> {
      const account = await findAccount(engine.reads, accountSid);
      if (!account?.enabled) return null;
      const row = await engine.reads
        .selectFrom('history_message')
        .select(MESSAGE_COLUMNS)
        .where('account', '=', account.id)
        .where('sid', '=', sidBytes(sid))
        .executeTakeFirst();
      if (!row) return null;
      await terms.load();
      return toMessage(row, terms, accountSid);
    },

    async list(query, window): Promise<HistoryMessages> {
      const open = await openQuery(engine, terms, query);
      const { rows, more } = await listRows(engine, open, window);
      await terms.load();
      const sids = new Map(open.accounts.map(({ id, sid }) => [id, sid]));
      return { messages: rows.map((row) => toMessage(row, terms, sids.get(row.account) ?? '')), more };
    },
  };
}

/**
 * Number of messages in which a text is looked for without its index, in order. Frequent words are found there sooner: the
 * index lists all messages with a text, in no order.
 */
const FIRST_LOOK = 1_000;

/** Reads one list of each account and each branch of the filter, every one in order, and merges them. */
export async function listRows(
  engine: HistoryEngine,
  { accounts, conditions }: OpenQuery,
  { order, limit, after, before }: HistoryWindow,
  extra: readonly Condition[] = [],
): Promise<{ rows: MessageRow[]; more: boolean }> {
  // Backward, the list is read in the opposite order and turned round.
  const newestFirst = (order === 'NEWEST_FIRST') === !before;
  const from = before ?? after;
  const keyset = from ? [follows('m', from, newestFirst)] : [];
  const direction = sql.raw(newestFirst ? 'desc' : 'asc');
  const columns = (alias: string) => sql.join(MESSAGE_COLUMNS.map((name) => sql.ref(`${alias}.${name}`)));
  const whereOf = (id: number, branch: Conditions) =>
    sql.join(
      [
        sql<SqlBool>`m.account = ${id}`,
        ...limited(engine),
        ...messageConditions(branch, engine, 'm'),
        ...keyset,
        ...extra,
      ],
      sql` and `,
    );
  const ordered = (alias: string, most: number) =>
    sql`order by ${sql.ref(`${alias}.date`)} ${direction}, ${sql.ref(`${alias}.sid`)} ${direction} limit ${sql.lit(most)}`;

  async function readBranch(id: number, branch: Conditions, narrow: Condition | null): Promise<MessageRow[]> {
    const narrowed = narrow ? sql` and ${narrow}` : sql``;
    const table = engine.messagesBy(narrow ? 'id' : indexOf(branch));
    const { rows } = await sql<MessageRow>`select ${columns('m')} from ${table}
      where ${whereOf(id, branch)}${narrowed} ${ordered('m', limit + 1)}`.execute(engine.reads);
    return rows;
  }

  /** Reads a branch in some spans of time alone. */
  async function readSpans(id: number, branch: Conditions, spans: readonly Span[]): Promise<MessageRow[]> {
    const values = sql.raw(spans.map(({ first, end }) => `(${first},${end})`).join());
    const table = engine.messagesBy(indexOf(branch));
    const where = sql`m.date >= p.column1 and m.date < p.column2 and ${whereOf(id, branch)}`;
    // SQLite joins in the order that is written; PostgreSQL would read all messages and compare each with the spans.
    const joined = engine.hasLateral
      ? sql`cross join lateral (select * from ${table} where ${where} ${ordered('m', limit + 1)}) as m`
      : sql`cross join ${table} where ${where}`;
    const { rows } = await sql<MessageRow>`select ${columns('m')} from (values ${values}) as p ${joined}
      ${ordered('m', limit + 1)}`.execute(engine.reads);
    return rows;
  }

  /** Reads the hours in which the counts have messages that match, until there are enough. */
  async function readByCounts(id: number, counts: ListCounts): Promise<MessageRow[]> {
    const found: MessageRow[] = [];
    const place = from ? Math.floor(from.time / 1000) : null;
    const list = { newestFirst, from: place, wanted: limit + 1 };
    for await (const spans of matchingSpans(engine, id, counts, conditions, list)) {
      const branches = branchesOf(conditions).map((branch) => readSpans(id, branch, spans));
      found.push(...(await Promise.all(branches)).flat());
      if (found.length > limit) break;
    }
    return found;
  }

  /** Looks for the texts in the first messages that an index finds. */
  async function lookAhead(id: number): Promise<MessageRow[]> {
    const branches = branchesOf(conditions).map(
      (branch) => sql`select * from (select ${columns('m')} from ${engine.messagesBy(indexOf(branch))}
        where ${whereOf(id, servedByIndex(branch))} ${ordered('m', FIRST_LOOK)}) as b`,
    );
    if (branches.length === 0) return [];
    const { rows } = await sql<MessageRow>`select ${columns('f')}
      from (select * from (${sql.join(branches, sql` union all `)}) as u ${ordered('u', FIRST_LOOK)}) as f
      where ${sql.join(messageConditions(conditions, engine, 'f'), sql` and `)}
      ${ordered('f', limit + 1)}`.execute(engine.reads);
    return rows;
  }

  const lists = accounts.map(async ({ id }) => {
    if (conditions.needles.length > 0 && extra.length === 0) {
      const rows = await lookAhead(id);
      if (rows.length > limit) return rows;
    }
    const narrow = await engine.narrow(id, conditions.needles);
    // An engine that searches texts itself finds those of few messages sooner.
    const hasOwnWay = narrow !== null || (engine.storesFolded && conditions.needles.length > 0);
    const counts = hasOwnWay ? null : countsFor(conditions);
    if (counts) return readByCounts(id, counts);
    const branches = narrow ? [conditions] : branchesOf(conditions);
    return (await Promise.all(branches.map((branch) => readBranch(id, branch, narrow)))).flat();
  });
  const rows = (await Promise.all(lists)).flat().sort(newestFirst ? (a, b) => compare(b, a) : compare);
  const found = rows.slice(0, limit);
  return { rows: before ? found.reverse() : found, more: rows.length > limit };
}

/** The condition that ends a statement in time. */
export function limited(engine: Pick<HistoryEngine, 'inTime'>): Condition[] {
  const condition = engine.inTime('m');
  return condition ? [condition] : [];
}

/** Whether a message follows a place in the order. */
export function follows(alias: 'm' | 'n', { time, sid }: MessageKey, newestFirst: boolean): Condition {
  const seconds = Math.floor(time / 1000);
  const key = Buffer.from(sid, 'hex');
  const operator = sql.raw(newestFirst ? '<' : '>');
  return sql`(${sql.ref(`${alias}.date`)}, ${sql.ref(`${alias}.sid`)}) ${operator} (${seconds}, ${key})`;
}

function compare(a: MessageRow, b: MessageRow): number {
  return a.date - b.date || Buffer.compare(a.sid, b.sid);
}

/** The place of a row in the order. */
export function keyOf({ date, sid }: MessageRow): MessageKey {
  return { time: date * 1000, sid: sidKey(sid) };
}
