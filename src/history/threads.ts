import { type SqlBool, sql } from 'kysely';
import { outcome } from '../delivery/outcome.ts';
import { messageConditions, partiesOf, toConditions } from './criteria.ts';
import type { HistoryEngine } from './engine.ts';
import type { HistoryQuery, HistoryReads, ThreadSummary, ThreadWindow } from './history-store.ts';
import { limited, listRows, type OpenQuery, openQuery } from './lists.ts';
import { sidKey, toMessage } from './message-row.ts';
import type { MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';

/** What is counted of a person's messages in one account, by the properties that matter. */
interface Part {
  person: string;
  account: number;
  direction: number;
  channel: number;
  status: number;
  messages: number;
  first: number;
}

export function createHistoryThreads(
  engine: HistoryEngine,
  terms: Terms,
): Pick<HistoryReads, 'threads' | 'countThreads' | 'thread'> {
  /** The last matching message of each person, most recent first. */
  async function heads(open: OpenQuery, { limit, after }: ThreadWindow) {
    const newer = [
      sql<SqlBool>`n.account in (${sql.join(open.accounts.map(({ id }) => id))})`,
      sql<SqlBool>`n.person = m.person`,
      sql<SqlBool>`(n.date, n.sid) > (m.date, m.sid)`,
      ...messageConditions(open.conditions, engine, 'n'),
    ];
    const isLast = sql<SqlBool>`not exists (select 1 from history_message as n where ${sql.join(newer, sql` and `)})`;
    const isOfPerson = sql<SqlBool>`m.person is not null`;
    return listRows(engine, open, { order: 'NEWEST_FIRST', limit, after }, [isOfPerson, isLast]);
  }

  /** The newest message of a person in any of the accounts. */
  async function lastOf(open: OpenQuery, person: string): Promise<MessageRow | undefined> {
    const conditions = { ...open.conditions, values: { person: [person] } };
    const { rows } = await listRows(engine, { ...open, conditions }, { order: 'NEWEST_FIRST', limit: 1 });
    return rows[0];
  }

  /**
   * Sums up persons over all messages with them.
   *
   * @param open has no conditions but on the person
   * @param lasts their newest messages, by person
   */
  async function summarize(
    open: OpenQuery,
    lasts: ReadonlyMap<string, MessageRow>,
  ): Promise<Map<string, ThreadSummary>> {
    const where = sql.join(
      [
        sql`m.account in (${sql.join(open.accounts.map(({ id }) => id))})`,
        ...limited(engine),
        sql`m.person in (${sql.join([...lasts.keys()])})`,
        ...messageConditions(open.conditions, engine, 'm'),
      ],
      sql` and `,
    );
    const { rows: parts } = await sql<Part>`
      select m.person, m.account, m.direction, m.channel, m.status, count(*) as messages, min(m.date) as first
      from history_message as m where ${where}
      group by m.person, m.account, m.direction, m.channel, m.status`.execute(engine.reads);
    const { rows: opts } = await sql<Pick<MessageRow, 'person' | 'opt' | 'date' | 'sid'>>`
      select m.person, m.opt, m.date, m.sid from history_message as m
      where ${where} and m.opt <> 0`.execute(engine.reads);
    await terms.load();
    const sids = new Map(open.accounts.map(({ id, sid }) => [id, sid]));
    const summaries = new Map<string, ThreadSummary>();
    for (const [person, last] of lasts) {
      const own = parts.filter((part) => part.person === person);
      const [lastOpt] = opts
        .filter((opt) => opt.person === person)
        .sort((a, b) => b.date - a.date || Buffer.compare(b.sid, a.sid));
      const sum = (of: readonly Part[]) => of.reduce((total, { messages }) => total + messages, 0);
      const isInbound = ({ direction }: Part) => terms.textOf(direction) === 'inbound';
      summaries.set(person, {
        participant: person,
        lastMessage: toMessage(last, terms, sids.get(last.account) ?? ''),
        inbound: sum(own.filter(isInbound)),
        outbound: sum(own.filter((part) => !isInbound(part))),
        failed: sum(own.filter(({ status }) => outcome(terms.textOf(status) ?? '') === 'FAILED')),
        channels: [...new Set(own.map(({ channel }) => terms.textOf(channel) ?? 'OTHER'))].sort(),
        accountSids: [...new Set(own.map(({ account }) => sids.get(account) ?? ''))].sort(),
        firstSeen: new Date(Math.min(...own.map(({ first }) => first)) * 1000),
        optedOut: lastOpt?.opt === -1,
      });
    }
    return summaries;
  }

  const isUnfiltered = ({ criteria }: HistoryQuery) =>
    Object.values(criteria).every((value) => value == null || (Array.isArray(value) && value.length === 0));

  return {
    async threads(query, window) {
      const open = await openQuery(engine, terms, query);
      if (open.accounts.length === 0) return { threads: [], more: false };
      const { rows, more } = await heads(open, window);
      if (rows.length === 0) return { threads: [], more };
      const everything = { ...open, conditions: toConditions({}, terms) };
      const lasts = new Map<string, MessageRow>();
      for (const row of rows) {
        const person = row.person ?? '';
        lasts.set(person, isUnfiltered(query) ? row : ((await lastOf(everything, person)) ?? row));
      }
      const summaries = await summarize(everything, lasts);
      const threads = rows.map((row) => ({
        key: { time: row.date * 1000, sid: sidKey(row.sid) },
        summary: summaries.get(row.person ?? '') as ThreadSummary,
      }));
      return { threads, more };
    },

    async countThreads(query) {
      const { accounts, conditions } = await openQuery(engine, terms, query);
      if (accounts.length === 0) return 0;
      const persons = partiesOf(conditions).map((branch) => {
        const where = [
          sql`m.account in (${sql.join(accounts.map(({ id }) => id))})`,
          ...limited(engine),
          ...messageConditions(branch, engine, 'm'),
        ];
        return sql`select m.person from history_message as m where ${sql.join(where, sql` and `)}`;
      });
      const { rows } = await sql<{ count: number }>`
        select count(distinct p.person) as count
        from (${sql.join(persons, sql` union all `)}) as p`.execute(engine.reads);
      return Number(rows[0]?.count ?? 0);
    },

    async thread(accountSids, participant) {
      const open = await openQuery(engine, terms, { accountSids, criteria: { participant } });
      if (open.accounts.length === 0) return null;
      const { rows } = await listRows(engine, open, { order: 'NEWEST_FIRST', limit: 1 });
      const [last] = rows;
      if (!last) return null;
      const person = last.person ?? '';
      const summary = (await summarize(open, new Map([[person, last]]))).get(person);
      return summary ? { ...summary, participant } : null;
    },
  };
}
