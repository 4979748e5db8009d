import { type RawBuilder, sql } from 'kysely';
import { outcome } from '../delivery/outcome.ts';
import { type Dimension, type GroupValues, StatsCounter } from '../stats/message-stats.ts';
import { bucketsBetween } from '../stats/time-buckets.ts';
import {
  type Conditions,
  isBounded,
  messageConditions,
  type ValueColumn,
  valueConditions,
} from './criteria.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import type { HistoryReads, HistoryStats, StatsQuery } from './history-store.ts';
import { openQuery, type ReadAccount } from './lists.ts';
import { DAY, HOUR, ROLLUPS, type RollupTable } from './rollups.ts';
import type { Terms } from './terms.ts';

/** A period to count: in the groups of `start`, the messages from `first` to before `end`, in seconds. */
interface Period {
  readonly start: number | null;
  readonly first: number;
  readonly end: number;
}

/** The columns that tell groups apart; each has the same name in both kinds of tables. */
type GroupColumn = Exclude<ValueColumn, 'person' | 'recipient'> | 'unit';

const COLUMN_OF: { readonly [D in Dimension]: GroupColumn | null } = {
  status: 'status',
  outcome: 'status',
  errorCode: 'error',
  channel: 'channel',
  direction: 'direction',
  country: 'country',
  sender: 'sender',
  messagingServiceSid: 'service',
  accountSid: null,
};

type Row = { [C in GroupColumn]?: number | string | null } & {
  period: number;
  messages: number;
  segments: number;
  media: number;
  /** In units of 10⁻⁸; text, because the sum may exceed what a number holds exactly. */
  price: string;
  first: number;
  last: number;
};

/** Number of periods that one statement counts. */
const PERIODS_AT_ONCE = 1_000;
/** Number of rows that one statement returns: more groups than these are cut anyway. */
const MAX_ROWS = 100_000;
/** The end of time, in seconds: a whole hour. */
const NEVER = 30_000_000 * HOUR;

export function createHistoryStatistics(
  engine: HistoryEngine,
  terms: Terms,
): Pick<HistoryReads, 'stats' | 'count'> {
  async function stats(query: StatsQuery): Promise<HistoryStats> {
    const { dimensions, interval, timeZone = 'UTC', criteria } = query;
    const { accounts, conditions } = await openQuery(engine, terms, query);
    const axis = criteria.dateCreated ? 'created' : 'date';
    const range = axis === 'created' ? conditions.created : conditions.sent;
    const columns = [
      ...new Set<GroupColumn>([
        'status',
        'direction',
        'unit',
        ...dimensions.flatMap((dimension) => COLUMN_OF[dimension] ?? []),
      ]),
    ];
    const table = tableFor(columns, conditions, axis);
    const counter = new StatsCounter(dimensions, interval && (() => 0));
    let oldest = Number.POSITIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    let cut = false;

    for (const account of accounts) {
      const source = { engine, account, conditions, axis, columns, table } as const;
      const bounds = await boundsOf(engine, account, axis);
      if (!bounds) continue;
      const periods: Period[] = [];
      // Messages whose time is unknown have 0, and are in no range.
      const first = isBounded(range) ? Math.max(range.since ?? 1, 1) : 0;
      const end = range.until === null ? NEVER : range.until + 1;
      if (interval) {
        if (!isBounded(range)) periods.push({ start: null, first: 0, end: 1 });
        const from = Math.max(first, bounds.first, 1);
        const to = Math.min(end, bounds.end) - 1;
        for (const bucket of await bucketsBetween(interval, timeZone, from * 1000, to * 1000)) {
          const start = bucket.start;
          periods.push({
            start,
            first: Math.max(start / 1000, from),
            end: Math.min(bucket.end / 1000, to + 1),
          });
        }
      } else periods.push({ start: null, first, end });

      for await (const { row, period, isCut } of count(source, periods)) {
        cut ||= isCut;
        const unit = terms.textOf(Number(row.unit))?.toUpperCase() ?? null;
        counter.addCounted(
          {
            status: terms.textOf(Number(row.status)) ?? '',
            direction: terms.textOf(Number(row.direction)),
            messages: Number(row.messages),
            segments: Number(row.segments),
            media: Number(row.media),
            price: unit === null ? null : decimalOf(row.price),
            currency: unit,
          },
          period.start,
          (dimension) => readValue(dimension, row, account),
        );
        if (row.first > 0) oldest = Math.min(oldest, row.first);
        newest = Math.max(newest, row.last);
      }
    }
    const dateOf = (seconds: number) => (Number.isFinite(seconds) ? new Date(seconds * 1000) : null);
    const result = { ...counter.result(), since: dateOf(oldest), until: newest > 0 ? dateOf(newest) : null };
    if (!cut) return result;
    const { total } = await stats({ accountSids: query.accountSids, criteria, dimensions: [] });
    return { ...result, total, groupsTruncated: true };
  }

  function readValue(dimension: Dimension, row: Row, account: ReadAccount): GroupValues[Dimension] {
    if (dimension === 'accountSid') return account.sid;
    const value = row[COLUMN_OF[dimension] ?? 'status'];
    if (dimension === 'errorCode') return Number(value) < 0 ? null : Number(value);
    if (dimension === 'sender') return value === '' || value == null ? null : String(value);
    const text = terms.textOf(Number(value));
    if (dimension === 'outcome') return outcome(text ?? '');
    return text;
  }

  return {
    stats,
    async count(query) {
      const { total } = await stats({ ...query, dimensions: [] });
      return total.messages;
    },
  };
}

interface Source {
  readonly engine: HistoryEngine;
  readonly account: ReadAccount;
  readonly conditions: Conditions;
  readonly axis: 'date' | 'created';
  readonly columns: readonly GroupColumn[];
  /** Null where only the messages themselves can be counted. */
  readonly table: RollupTable | null;
}

/** The smallest table of counts that has all columns of a query; null if none does. */
function tableFor(
  columns: readonly GroupColumn[],
  { values, party, hasMedia, needles, sent, created }: Conditions,
  axis: 'date' | 'created',
): RollupTable | null {
  const isCounted = !values.person && !values.recipient && party === undefined && hasMedia === undefined;
  if (!isCounted || needles.length > 0 || isBounded(axis === 'date' ? created : sent)) return null;
  const used = (['channel', 'country', 'sender', 'service'] as const).filter(
    (column) => columns.includes(column) || values[column] !== undefined,
  );
  const { history_day_rollup: _, ...byHour } = ROLLUPS;
  const tables = Object.entries(byHour) as [RollupTable, readonly string[]][];
  return tables.find(([, own]) => used.every((column) => own.includes(column)))?.[0] ?? null;
}

/**
 * Counts periods: whole days and hours from the tables of counts, and the parts of hours at the ends of periods from the messages.
 * In time zones with half hours, every period has such parts.
 */
async function* count(source: Source, periods: readonly Period[]) {
  const days: Period[] = [];
  const whole: Period[] = [];
  const parts: Period[] = [];
  for (const period of periods) {
    const first = Math.ceil(period.first / HOUR) * HOUR;
    const end = Math.floor(period.end / HOUR) * HOUR;
    if (source.table === null || (first >= end && period.first > 0)) parts.push(period);
    else if (period.start === null && period.end === 1) whole.push({ ...period, end: HOUR });
    else {
      const firstDay = Math.ceil(first / DAY) * DAY;
      const endOfDays = Math.floor(end / DAY) * DAY;
      if (source.table !== 'history_rollup' || firstDay >= endOfDays) whole.push({ ...period, first, end });
      else {
        days.push({ ...period, first: firstDay, end: endOfDays });
        if (first < firstDay) whole.push({ ...period, first, end: firstDay });
        if (endOfDays < end) whole.push({ ...period, first: endOfDays, end });
      }
      if (period.first < first) parts.push({ ...period, end: first });
      if (end < period.end) parts.push({ ...period, first: end });
    }
  }
  const table = source.table ?? 'history_rollup';
  yield* inSteps(days, (some) => countHours(source, some, 'history_day_rollup', DAY));
  yield* inSteps(whole, (some) => countHours(source, some, table, HOUR));
  yield* inSteps(parts, (some) => countMessages(source, some));
}

/** Counts some periods with each statement, and yields the rows with their periods. */
async function* inSteps(
  periods: readonly Period[],
  read: (some: readonly Period[]) => Promise<readonly Row[]>,
) {
  for (let from = 0; from < periods.length; from += PERIODS_AT_ONCE) {
    const some = periods.slice(from, from + PERIODS_AT_ONCE);
    const rows = await read(some);
    const isCut = rows.length === MAX_ROWS;
    for (const row of rows) yield { row, period: some[row.period] as Period, isCut };
  }
}

async function countHours(
  { engine, account, conditions, axis, columns }: Source,
  periods: readonly Period[],
  table: RollupTable,
  span: number,
): Promise<Row[]> {
  const hour = sql.ref(`r.${axis}_hour`);
  const groups = columns.map((column) => sql.ref(`r.${column}`));
  const where = [
    sql`r.account = ${account.id}`,
    sql`${hour} >= p.column2 and ${hour} < p.column3`,
    ...valueConditions(conditions.values, 'r'),
    ...(isBounded(conditions.sent) ? [sql`r.has_sent = 1`] : []),
  ];
  const { rows } = await sql<Row>`
    select p.column1 as period, ${sql.join(groups)}, sum(r.messages) as messages, sum(r.segments) as segments,
      sum(r.media) as media, cast(sum(r.price) as text) as price,
      min(${hour}) * ${sql.lit(HOUR)} as first, max(${hour}) * ${sql.lit(HOUR)} + ${sql.lit(span - 1)} as last
    from ${valuesOf(periods, HOUR)} as p cross join ${sql.table(table)} as r
    where ${sql.join(where, sql` and `)}
    group by p.column1, ${sql.join(groups)} order by p.column1, sum(r.messages) desc
    limit ${sql.lit(MAX_ROWS)}`.execute(engine.db);
  return rows;
}

async function countMessages(
  { engine, account, conditions, axis, columns }: Source,
  periods: readonly Period[],
): Promise<Row[]> {
  const time = sql.ref(`m.${axis}`);
  const narrow = await engine.narrow(account.id, conditions.needles);
  const where: Condition[] = [
    sql`m.account = ${account.id}`,
    sql`${time} >= p.column2 and ${time} < p.column3`,
    ...messageConditions(conditions, engine, 'm'),
    ...(narrow ? [narrow] : []),
  ];
  const groups = columns.map(expressionOf);
  const { rows } = await sql<Row>`
    select p.column1 as period, ${sql.join(groups.map((one, index) => sql`${one} as ${sql.ref(columns[index] ?? '')}`))},
      count(*) as messages, sum(coalesce(m.segments, 0)) as segments, sum(coalesce(m.media, 0)) as media,
      cast(coalesce(sum(${engine.priceUnits}), 0) as text) as price, min(${time}) as first, max(${time}) as last
    from ${valuesOf(periods, 1)} as p cross join history_message as m
    where ${sql.join(where, sql` and `)}
    group by p.column1, ${sql.join(groups)} order by p.column1, count(*) desc
    limit ${sql.lit(MAX_ROWS)}`.execute(engine.db);
  return rows;
}

/** How a column of the counts is derived from a message. */
function expressionOf(column: GroupColumn): RawBuilder<unknown> {
  if (column === 'unit') return sql`case when m.price is null then 0 else m.unit end`;
  if (column === 'error') return sql`coalesce(m.error, -1)`;
  return sql.ref(`m.${column}`);
}

/** A table of the periods: their number, beginning and end. */
function valuesOf(periods: readonly Period[], unit: number): RawBuilder<unknown> {
  const rows = periods.map(({ first, end }, index) => `(${index},${first / unit},${end / unit})`);
  return sql.raw(`(values ${rows.join()})`);
}

/** The times of an account's messages, in whole hours; null without any. */
async function boundsOf(
  engine: HistoryEngine,
  account: ReadAccount,
  axis: 'date' | 'created',
): Promise<{ first: number; end: number } | null> {
  const column = `${axis}_hour` as const;
  const edge = (direction: 'asc' | 'desc') =>
    engine.db
      .selectFrom('history_rollup')
      .select(column)
      .where('account', '=', account.id)
      .where(column, direction === 'asc' ? '>' : '>=', 0)
      .orderBy(column, direction)
      .limit(1)
      .executeTakeFirst();
  const last = await edge('desc');
  if (!last) return null;
  const first = (await edge('asc')) ?? last;
  return { first: first[column] * HOUR, end: (last[column] + 1) * HOUR };
}

/** Writes units of 10⁻⁸ as a decimal with at least five digits, as Twilio's prices have. */
function decimalOf(units: string): string {
  const value = BigInt(units);
  const digits = (value < 0n ? -value : value).toString().padStart(9, '0');
  const fraction = digits.slice(-8).replace(/0{1,3}$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -8)}.${fraction}`;
}
