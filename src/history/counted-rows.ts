import type { ValueColumn } from './criteria.ts';

/** The columns that tell groups apart; each has the same name in both kinds of tables. */
export type GroupColumn = Exclude<ValueColumn, 'person' | 'recipient'> | 'unit';

/** The counts of one group in one period. */
export type Row = { [C in GroupColumn]?: number | string | null } & {
  period: number;
  messages: number;
  segments: number;
  media: number;
  /** In units of 10⁻⁸; text or a bigint where the sum may exceed what a number holds exactly. */
  price: string | number | bigint;
  first: number | null;
  last: number | null;
};

/** Number of rows that one statement returns: more groups than these are cut anyway. */
export const MAX_ROWS = 100_000;

/** The columns of a row in their order; those of groups follow. */
export type RowValues = [
  period: number,
  messages: number,
  segments: number,
  media: number,
  price: string | number | bigint,
  first: number | null,
  last: number | null,
  ...groups: (string | number | null)[],
];

export function toRow(columns: readonly GroupColumn[], values: RowValues): Row {
  const [period, messages, segments, media, price, first, last, ...groups] = values;
  const row: Row = { period, messages, segments, media, price, first, last };
  for (const [index, column] of columns.entries()) row[column] = groups[index] ?? null;
  return row;
}

type Groups = Map<unknown, Groups | Row>;

/** The place of the first of a row's groups. */
const FIRST_GROUP = 7;

/** Adds up counts, as the database does where it is another process. */
export function addUp(columns: readonly GroupColumn[], counts: Iterable<RowValues>): readonly Row[] {
  const rows: Row[] = [];
  const root: Groups = new Map();
  for (const values of counts) {
    // Value by value: to join them to a name would take longer than the rest.
    let groups = root;
    let value: unknown = values[0];
    for (let index = FIRST_GROUP; index < values.length; index += 1) {
      let next = groups.get(value) as Groups | undefined;
      if (!next) {
        next = new Map();
        groups.set(value, next);
      }
      groups = next;
      value = values[index];
    }
    const known = groups.get(value) as Row | undefined;
    if (!known) {
      const row = toRow(columns, values);
      groups.set(value, row);
      rows.push(row);
      continue;
    }
    const [, messages, segments, media, price, first, last] = values;
    known.messages += messages;
    known.segments += segments;
    known.media += media;
    known.price = plus(known.price, price);
    if (first !== null && (known.first === null || first < known.first)) known.first = first;
    if (last !== null && (known.last === null || last > known.last)) known.last = last;
  }
  return rows
    .filter(({ messages }) => messages !== 0)
    .sort((a, b) => a.period - b.period || b.messages - a.messages)
    .slice(0, MAX_ROWS);
}

function plus(a: string | number | bigint, b: string | number | bigint): number | bigint {
  const sum = typeof a === 'number' && typeof b === 'number' ? a + b : Number.NaN;
  return Number.isSafeInteger(sum) ? sum : BigInt(a) + BigInt(b);
}
