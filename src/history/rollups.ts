import type { Transaction } from 'kysely';
import type { HistoryEngine } from './engine.ts';
import type { HistoryTables, MessageRow, RollupColumns } from './tables.ts';
import type { Terms } from './terms.ts';

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** The columns that only some tables of counts have. */
type OwnColumn = 'channel' | 'country' | 'sender' | 'service';

export type RollupTable = Extract<keyof HistoryTables, `${string}_rollup`>;

export interface Rollup {
  readonly days: RollupTable;
  /** Null where only whole days are counted, because there would be nearly as many hours as messages. */
  readonly hours: RollupTable | null;
  /** Each column multiplies the rows, so that a table has only what is asked for together. */
  readonly own: readonly OwnColumn[];
  /** Which of the tables have an index by the time of creation. */
  readonly created: 'none' | 'days' | 'both';
}

/** The kinds of counts, smallest first. */
export const ROLLUPS: readonly Rollup[] = [
  { days: 'history_day_rollup', hours: 'history_rollup', own: [], created: 'both' },
  {
    days: 'history_day_country_rollup',
    hours: 'history_country_rollup',
    own: ['channel', 'country'],
    created: 'days',
  },
  { days: 'history_day_service_rollup', hours: null, own: ['channel', 'service'], created: 'days' },
  { days: 'history_day_sender_rollup', hours: null, own: ['channel', 'sender'], created: 'none' },
];

/** All tables of counts, each with its own columns and the length of its periods in hours. */
const TABLES: readonly { name: RollupTable; own: readonly OwnColumn[]; hours: number }[] = ROLLUPS.flatMap(
  ({ days, hours, own }) => [
    { name: days, own, hours: 24 },
    ...(hours ? [{ name: hours, own, hours: 1 }] : []),
  ],
);

export const ROLLUP_TABLES: readonly RollupTable[] = TABLES.map(({ name }) => name);

/** The columns of all tables that tell their rows apart. */
const KEY = ['account', 'date_hour', 'created_hour', 'has_sent', 'direction', 'status', 'error', 'unit'];
const SUMS = ['messages', 'segments', 'media', 'price'] as const;

type RollupRow = RollupColumns & Partial<Record<OwnColumn, number | string>>;

/** Changes of the counts, added up, to be applied in the transaction that changes the messages. */
export class RollupChanges {
  readonly #terms: Terms;
  readonly #tables = TABLES.map((table) => ({ ...table, rows: new Map<string, RollupRow>() }));

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  add(row: MessageRow, sign: 1 | -1): void {
    const { account, direction, status, channel, country, service } = row;
    const hasSent = row.sent === null ? 0 : 1;
    const error = row.error ?? -1;
    // A currency without a price costs nothing.
    const unit = row.price === null ? 0 : this.#currencyOf(row.unit);
    const segments = sign * (row.segments ?? 0);
    const media = sign * (row.media ?? 0);
    const price = unit === 0 ? 0 : sign * priceUnits(row.price ?? '0');
    const values = { channel, country, service, sender: row.sender ?? '' };
    const codes = `${account} ${hasSent} ${direction} ${status} ${error} ${unit}`;
    for (const { rows, own, hours } of this.#tables) {
      const date_hour = Math.floor(row.date / (hours * HOUR)) * hours;
      const created_hour = Math.floor(row.created / (hours * HOUR)) * hours;
      let name = `${date_hour} ${created_hour} ${codes}`;
      for (const column of own) name += ` ${values[column]}`;
      const known = rows.get(name);
      if (known) {
        known.messages += sign;
        known.segments += segments;
        known.media += media;
        known.price += price;
        continue;
      }
      const key = { account, date_hour, created_hour, has_sent: hasSent, direction, status, error, unit };
      const added: RollupRow = { ...key, messages: sign, segments, media, price };
      for (const column of own) added[column] = values[column];
      rows.set(name, added);
    }
  }

  #currencyOf(unit: number): number {
    return this.#terms.idOf(this.#terms.textOf(unit)?.toUpperCase() ?? null);
  }

  async apply(engine: HistoryEngine, transaction: Transaction<HistoryTables>): Promise<void> {
    for (const table of this.#tables) {
      const { name, own } = table;
      const rows = [...table.rows.values()].filter((row) => SUMS.some((sum) => row[sum] !== 0));
      if (rows.length === 0) continue;
      const key = [...KEY, ...own].join(', ');
      const sums = SUMS.map((sum) => `${sum} = ${name}.${sum} + excluded.${sum}`).join(', ');
      await engine.insertAll(transaction, name, rows, `on conflict (${key}) do update set ${sums}`);
      // Also where nothing was taken away: prices may change and cancel out, but counts decide.
      const fewer = rows.filter(({ messages }) => messages < 0);
      if (fewer.length === 0) continue;
      await transaction
        .deleteFrom(name)
        .where('account', 'in', [...new Set(fewer.map(({ account }) => account))])
        .where('date_hour', 'in', [...new Set(fewer.map(({ date_hour }) => date_hour))])
        .where('messages', '=', 0)
        .execute();
    }
  }
}

/** Longer prices are damaged: they are stored, but cost nothing. */
export const PRICE_LENGTH = 15;

/** A price in units of 10⁻⁸, rounded; Twilio's prices have five decimals. */
function priceUnits(price: string): number {
  return price.length > PRICE_LENGTH ? 0 : Math.round(Number(price) * 1e8);
}
