import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { outcome } from '../delivery/outcome.ts';
import type { Decimal } from '../stats/decimal-sum.ts';
import { type Dimension, type GroupValues, StatsCounter } from '../stats/message-stats.ts';
import { bucketsBetween } from '../stats/time-buckets.ts';
import { addUp, type GroupColumn, MAX_ROWS, type Row, type RowValues, toRow } from './counted-rows.ts';
import { type Conditions, isBounded, messageConditions, partiesOf, valueConditions } from './criteria.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import type { HistoryReads, HistoryStats, StatsQuery } from './history-store.ts';
import { limited, openQuery, type ReadAccount } from './lists.ts';
import { DAY, HOUR, ROLLUPS, type Rollup, type RollupTable } from './rollups.ts';
import type { Terms } from './terms.ts';

/** A period to count: in the groups of `start`, the messages from `first` to before `end`, in seconds. */
interface Period {
  readonly start: number | null;
  readonly first: number;
  readonly end: number;
}

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

/** Number of periods that one statement counts. */
const PERIODS_AT_ONCE = 1_000;
const UNBOUNDED = { since: null, until: null };
/** The end of time, in seconds: a whole day. */
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
    const rollup = rollupFor(columns, conditions, axis);
    const counter = new StatsCounter(dimensions, interval && (() => 0));
    let oldest = Number.POSITIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    let cut = false;

    for (const account of accounts) {
      const source = { engine, terms, account, conditions, axis, columns, rollup } as const;
      const bounds = await boundsOf(engine, account, axis);
      if (!bounds) continue;
      const periods: Period[] = [];
      // Messages whose time is unknown have 0, and are in no range.
      const first = isBounded(range) ? Math.max(range.since ?? 1, 1) : 0;
      const end = range.until === null ? NEVER : range.until + 1;
      if (interval) {
        // Those without a time are counted on the first day of 1970, with no others.
        if (!isBounded(range)) periods.push({ start: null, first: 0, end: bounds.first >= DAY ? DAY : 1 });
        const from = Math.max(first, bounds.first, 1);
        const to = Math.min(end, bounds.end) - 1;
        for (const bucket of await bucketsBetween(interval, timeZone, from * 1000, to * 1000)) {
          // Whole, but for the ends of the range: what the account does not have need not be cut off.
          periods.push({
            start: bucket.start,
            first: Math.max(bucket.start / 1000, first, 1),
            end: Math.min(bucket.end / 1000, end),
          });
        }
      } else periods.push({ start: null, first, end });

      for (let next = 0; next < periods.length; next += PERIODS_AT_ONCE) {
        const some = periods.slice(next, next + PERIODS_AT_ONCE);
        const rows = await count(source, some);
        cut ||= rows.length === MAX_ROWS;
        for (const row of rows) {
          const { start } = some[row.period] as Period;
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
            start,
            (dimension) => readValue(dimension, row, account),
          );
          if (interval && start === null) continue;
          if (row.first !== null && row.first > 0)
            oldest = Math.min(oldest, Math.max(row.first, first, bounds.first));
          if (row.last !== null) newest = Math.max(newest, Math.min(row.last, end - 1, bounds.end - 1));
        }
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
  readonly terms: Terms;
  readonly account: ReadAccount;
  readonly conditions: Conditions;
  readonly axis: 'date' | 'created';
  readonly columns: readonly GroupColumn[];
  /** Null where only the messages themselves can be counted. */
  readonly rollup: Rollup | null;
}

/** The smallest counts that have all columns of a query; null if none do. */
function rollupFor(
  columns: readonly GroupColumn[],
  { values, party, hasMedia, needles, sent, created }: Conditions,
  axis: 'date' | 'created',
): Rollup | null {
  const isCounted = !values.person && !values.recipient && party === undefined && hasMedia === undefined;
  if (!isCounted || needles.length > 0 || isBounded(axis === 'date' ? created : sent)) return null;
  const used = (['channel', 'country', 'sender', 'service'] as const).filter(
    (column) => columns.includes(column) || values[column] !== undefined,
  );
  const found = ROLLUPS.find(({ own }) => used.every((column) => own.includes(column)));
  if (!found || axis === 'date' || found.created === 'both') return found ?? null;
  return found.created === 'days' ? { ...found, hours: null } : null;
}

/** A part of a period that one kind of rows counts; `sign` is -1 where it is taken away again. */
interface Part {
  readonly period: number;
  readonly first: number;
  readonly end: number;
  readonly sign: 1 | -1;
}

interface Level {
  /** Seconds of a row; 1 for the messages themselves. */
  readonly unit: number;
  readonly table: RollupTable | null;
  readonly parts: Part[];
}

/**
 * Counts periods, in one statement, so that all rows are of the same moment. Whole days are counted from the counts of days,
 * the rest from the counts of hours and from messages: each period is rounded to the nearest days, and what is then missing is
 * added, what is too much is taken away. So a day in Berlin is a day in UTC, plus an hour at its beginning, minus one at its end.
 */
async function count(source: Source, periods: readonly Period[]): Promise<readonly Row[]> {
  const { engine, account, conditions, columns, rollup } = source;
  const levels: Level[] = [{ unit: 1, table: null, parts: [] }];
  if (rollup?.hours) levels.unshift({ unit: HOUR, table: rollup.hours, parts: [] });
  if (rollup) levels.unshift({ unit: DAY, table: rollup.days, parts: [] });

  function split([level, ...finer]: readonly Level[], part: Part): void {
    if (!level || part.first >= part.end) return;
    const first = Math.round(part.first / level.unit) * level.unit;
    const end = Math.round(part.end / level.unit) * level.unit;
    if (first >= end) {
      split(finer, part);
      return;
    }
    level.parts.push({ ...part, first, end });
    const opposite = part.sign === 1 ? -1 : 1;
    split(finer, { ...part, end: first });
    split(finer, { ...part, first, end: part.first, sign: opposite });
    split(finer, { ...part, first: end });
    split(finer, { ...part, first: part.end, end, sign: opposite });
  }
  for (const [period, { first, end }] of periods.entries()) split(levels, { period, first, end, sign: 1 });

  const used = levels.filter(({ parts }) => parts.length > 0);
  const narrow = used.some(({ table }) => !table)
    ? await engine.narrow(account.id, conditions.needles)
    : null;
  if (used.length === 0) return [];
  const { readArrays } = engine;
  // Counts by sender are nearly as many as the messages: the database adds them up before they are read.
  const isRaw = readArrays && rollup?.own.includes('sender') === false && used.every(({ table }) => table);
  const selects = used.flatMap((level) =>
    level.table
      ? [selectCounts(source, level, level.table, Boolean(isRaw))]
      : partiesOf(conditions).map((branch) =>
          selectMessages({ ...source, conditions: branch }, level.parts, narrow),
        ),
  );
  const all = sql.join(selects, sql` union all `);
  // Row by row: a large account has more of them than fit into the thread's memory.
  if (readArrays && isRaw) return addUp(columns, readArrays(all) as Iterable<RowValues>);
  const groups = columns.map((column) => sql.ref(`c.${column}`));
  const query = sql<Row>`
    select c.period, sum(c.messages) as messages, sum(c.segments) as segments, sum(c.media) as media,
      cast(sum(c.price) as text) as price, min(c.first) as first, max(c.last) as last, ${sql.join(groups)}
    from (${all}) as c
    group by c.period, ${sql.join(groups)} having sum(c.messages) <> 0
    order by c.period, sum(c.messages) desc limit ${sql.lit(MAX_ROWS)}`;
  if (!readArrays) return (await query.execute(engine.reads)).rows;
  return Array.from(readArrays(query) as Iterable<RowValues>, (values) => toRow(columns, values));
}

function selectCounts(
  { account, conditions, axis, columns }: Source,
  { unit, parts }: Level,
  table: RollupTable,
  isRaw: boolean,
): RawBuilder<unknown> {
  const hour = sql.ref(`r.${axis}_hour`);
  const seconds = sql`cast(${hour} as bigint) * ${sql.lit(HOUR)}`;
  const where = [
    sql`r.account = ${account.id}`,
    sql`${hour} >= p.column2 and ${hour} < p.column3`,
    ...valueConditions(conditions.values, 'r'),
    ...(isBounded(conditions.sent) ? [sql`r.has_sent = 1`] : []),
  ];
  const price = sql`p.column4 * r.price`;
  // SQLite's integers are read as numbers, which are not exact beyond this.
  const safe = isRaw
    ? sql`case when abs(r.price) < 9e15 then ${price} else cast(${price} as text) end`
    : price;
  return sql`
    select p.column1 as period, p.column4 * r.messages as messages, p.column4 * r.segments as segments,
      p.column4 * r.media as media, ${safe} as price,
      case when p.column4 > 0 then ${seconds} end as first,
      case when p.column4 > 0 then ${seconds} + ${sql.lit(unit - 1)} end as last,
      ${sql.join(columns.map((column) => sql.ref(`r.${column}`)))}
    from ${valuesOf(parts, HOUR)} as p cross join ${sql.table(table)} as r
    where ${sql.join(where, sql` and `)}`;
}

function selectMessages(
  { engine, terms, account, conditions, axis, columns }: Source,
  parts: readonly Part[],
  narrow: Condition | null,
): RawBuilder<unknown> {
  const time = sql.ref(`m.${axis}`);
  // The parts are the range of time; those that are taken away again lie outside of the filter's range.
  const range = axis === 'date' ? 'sent' : 'created';
  const where: Condition[] = [
    sql`m.account = ${account.id}`,
    sql`${time} >= p.column2 and ${time} < p.column3`,
    ...limited(engine),
    ...messageConditions({ ...conditions, [range]: UNBOUNDED }, engine, 'm'),
    ...(isBounded(conditions.sent) ? [sql<SqlBool>`m.sent is not null`] : []),
    ...(narrow ? [narrow] : []),
  ];
  // Few messages are found by their ids sooner than by their times, unless there are many periods.
  const table = engine.messagesBy(narrow && parts.length <= 8 ? 'id' : null);
  const groups = columns.map((column) => sql`${expressionOf(column, terms)} as ${sql.ref(column)}`);
  return sql`
    select p.column1 as period, p.column4 as messages, p.column4 * coalesce(m.segments, 0) as segments,
      p.column4 * coalesce(m.media, 0) as media, p.column4 * ${engine.priceUnits} as price,
      case when p.column4 > 0 then ${time} end as first, case when p.column4 > 0 then ${time} end as last,
      ${sql.join(groups)}
    from ${valuesOf(parts, 1)} as p cross join ${table}
    where ${sql.join(where, sql` and `)}`;
}

/** How a column of the counts is derived from a message. */
function expressionOf(column: GroupColumn, currencies: Terms): RawBuilder<unknown> {
  if (column === 'unit') {
    const [first, ...others] = currencies
      .upperCased()
      .map(([id, upper]) => sql`when m.unit = ${sql.lit(id)} then ${sql.lit(upper)}`);
    const cases = first ? sql.join([first, ...others], sql` `) : sql``;
    return sql`case when m.price is null then 0 ${cases} else m.unit end`;
  }
  if (column === 'error') return sql`coalesce(m.error, -1)`;
  if (column === 'sender') return sql`coalesce(m.sender, '')`;
  return sql.ref(`m.${column}`);
}

/** A table of the parts: period, beginning, end and sign. */
function valuesOf(parts: readonly Part[], unit: number): RawBuilder<unknown> {
  const rows = parts.map(
    ({ period, first, end, sign }) => `(${period},${first / unit},${end / unit},${sign})`,
  );
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
    engine.reads
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

/** Units of 10⁻⁸ with as few decimals as they need, but five at least, as Twilio's prices have. */
function decimalOf(units: string | number | bigint): Decimal {
  let integer = Number(units);
  if (!Number.isSafeInteger(integer)) return { integer: BigInt(units), decimals: 8 };
  let decimals = 8;
  for (; decimals > 5 && integer % 10 === 0; decimals -= 1) integer /= 10;
  return { integer, decimals };
}
