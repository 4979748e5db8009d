import { sql } from 'kysely';
import { type Conditions, indexedColumn, isBounded, type ValueColumn, valueConditions } from './criteria.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import { DAY, HOUR, ROLLUPS, type Rollup, type RollupTable } from './rollups.ts';

/** A range of time in seconds; `end` is exclusive. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** The counts by which the messages of a list are found, and what they are filtered by. */
export interface ListCounts {
  readonly rollup: Rollup;
  readonly values: Conditions['values'];
}

const COUNTED = ['error', 'service', 'status', 'country', 'channel', 'direction'] as const;
/** The most days whose hours are read at once. */
const DAYS_AT_ONCE = 60;

/**
 * Chooses the counts that tell in which hours messages match; null where an index serves the list by itself. An index is of
 * one column: of messages that have two properties, it may list a million with the first one before it finds one with both.
 */
export function countsFor({ values, own, party, hasMedia }: Conditions): ListCounts | null {
  if (values.person || values.recipient || values.sender || own || party !== undefined) return null;
  const used = COUNTED.filter((column) => values[column] !== undefined);
  const hasIndex = used.length < 2 && indexedColumn({ values }) !== undefined && hasMedia !== true;
  if (used.length === 0 || hasIndex || used.some((column) => values[column]?.length === 0)) return null;
  const covers = ({ own: has }: Rollup, columns: readonly ValueColumn[]) =>
    (['channel', 'country', 'service'] as const).every(
      (column) => !columns.includes(column) || has.includes(column),
    );
  const rollup = ROLLUPS.find((one) => covers(one, used));
  if (rollup) return { rollup, values };
  // No counts are by country and by Messaging Service: the messages are filtered by the latter.
  const { service: _, ...others } = values;
  const found = ROLLUPS.find((one) => covers(one, Object.keys(others) as ValueColumn[]));
  return found ? { rollup: found, values: others } : null;
}

/**
 * Finds the hours, or the days where counts by the hour are missing, in which messages match, in the order of a list. Each
 * batch has about as many messages as are wanted; further conditions may leave fewer, so that the next one has more.
 *
 * @param from where the list begins, in seconds; null for its beginning
 */
export async function* matchingSpans(
  engine: HistoryEngine,
  account: number,
  { rollup, values }: ListCounts,
  conditions: Conditions,
  list: { readonly newestFirst: boolean; readonly from: number | null; readonly wanted: number },
): AsyncGenerator<readonly Span[]> {
  const { newestFirst } = list;
  let { wanted } = list;
  const direction = sql.raw(newestFirst ? 'desc' : 'asc');

  function whereOf(unit: number): Condition[] {
    const { sent, created, hasMedia } = conditions;
    const hourOf = (time: number) => sql.lit((Math.floor(time / unit) * unit) / HOUR);
    return [
      sql`r.account = ${account}`,
      ...valueConditions(values, 'r'),
      ...(hasMedia === true ? [sql<never>`r.media > 0`] : []),
      ...(isBounded(sent) ? [sql<never>`r.has_sent = 1`] : []),
      ...(sent.since === null ? [] : [sql<never>`r.date_hour >= ${hourOf(sent.since)}`]),
      ...(sent.until === null ? [] : [sql<never>`r.date_hour <= ${hourOf(sent.until)}`]),
      ...(created.since === null ? [] : [sql<never>`r.created_hour >= ${hourOf(created.since)}`]),
      ...(created.until === null ? [] : [sql<never>`r.created_hour <= ${hourOf(created.until)}`]),
    ];
  }

  async function read(
    table: RollupTable,
    unit: number,
    more: readonly Condition[],
    limit: number,
  ): Promise<{ hour: number; messages: number }[]> {
    const { rows } = await sql<{ hour: number; messages: number }>`
      select r.date_hour as hour, sum(r.messages) as messages from ${sql.table(table)} as r
      where ${sql.join([...whereOf(unit), ...more], sql` and `)}
      group by r.date_hour order by r.date_hour ${direction} limit ${sql.lit(limit)}`.execute(engine.reads);
    return rows.map(({ hour, messages }) => ({ hour, messages: Number(messages) }));
  }

  let place = list.from;
  let isInclusive = true;
  for (;;) {
    const beginning = [];
    if (place !== null) {
      const operator = sql.raw(`${newestFirst ? '<' : '>'}${isInclusive ? '=' : ''}`);
      const hour = (Math.floor(place / DAY) * DAY) / HOUR;
      beginning.push(sql<never>`r.date_hour ${operator} ${sql.lit(hour)}`);
    }
    const days = await read(rollup.days, DAY, beginning, DAYS_AT_ONCE);
    if (days.length === 0) return;
    const enough = untilEnough(days, wanted);
    const last = enough.at(-1)?.hour ?? 0;
    const [low, high] = [last, enough[0]?.hour ?? 0].sort((a, b) => a - b);
    const unit = rollup.hours ? HOUR : DAY;
    const found = rollup.hours
      ? await read(
          rollup.hours,
          HOUR,
          [sql`r.date_hour >= ${sql.lit(low)}`, sql`r.date_hour < ${sql.lit((high ?? 0) + 24)}`],
          24 * DAYS_AT_ONCE,
        )
      : enough;
    const isPassed = ({ hour }: { hour: number }) =>
      list.from !== null && (newestFirst ? hour * HOUR > list.from : hour * HOUR + unit <= list.from);
    const periods = found.filter((one) => !isPassed(one));
    for (let next = 0; next < periods.length; ) {
      const some = untilEnough(periods.slice(next), wanted);
      next += some.length;
      wanted *= 2;
      yield spansOf(some.map(({ hour }) => ({ first: hour * HOUR, end: hour * HOUR + unit })));
    }
    if (days.length < DAYS_AT_ONCE && enough.length === days.length) return;
    place = last * HOUR;
    isInclusive = false;
  }
}

/** The first periods, with enough messages; of the first one, a page may have had a part before. */
function untilEnough<P extends { readonly messages: number }>(
  periods: readonly P[],
  wanted: number,
): readonly P[] {
  let sum = 0;
  const index = periods.findIndex(({ messages }, place) => {
    if (place > 0) sum += messages;
    return sum >= wanted;
  });
  return index < 0 ? periods : periods.slice(0, index + 1);
}

/** Joins spans that follow one another. */
function spansOf(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.first - b.first)) {
    const last = joined.at(-1);
    if (last?.end === span.first) joined[joined.length - 1] = { first: last.first, end: span.end };
    else joined.push(span);
  }
  return joined;
}
