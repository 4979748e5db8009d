import type { Transaction } from 'kysely';
import type { HistoryEngine } from './engine.ts';
import type { HistoryTables, MessageRow, RollupColumns } from './tables.ts';
import type { Terms } from './terms.ts';

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/**
 * The tables of counts, smallest first, with the columns that only they have. Each column multiplies the rows, so that a
 * table has only what is asked for together.
 */
export const ROLLUPS = {
  history_day_rollup: [],
  history_rollup: [],
  history_country_rollup: ['channel', 'country'],
  history_sender_rollup: ['channel', 'sender', 'service'],
} as const satisfies Partial<Record<keyof HistoryTables, readonly string[]>>;

export type RollupTable = keyof typeof ROLLUPS;

/** The columns of all tables that tell their rows apart. */
export const ROLLUP_KEY = [
  'account',
  'date_hour',
  'created_hour',
  'has_sent',
  'direction',
  'status',
  'error',
  'unit',
] as const;

const SUMS = ['messages', 'segments', 'media', 'price'] as const;

type RollupRow = RollupColumns & { channel?: number; country?: number; sender?: string; service?: number };

/** Changes of the counts, to be applied in the transaction that changes the messages. */
export class RollupChanges {
  readonly #terms: Terms;
  readonly #rows: { [T in RollupTable]: Map<string, RollupRow> } = {
    history_day_rollup: new Map(),
    history_rollup: new Map(),
    history_country_rollup: new Map(),
    history_sender_rollup: new Map(),
  };

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  add(row: MessageRow, sign: 1 | -1): void {
    const key = {
      account: row.account,
      date_hour: Math.floor(row.date / HOUR),
      created_hour: Math.floor(row.created / HOUR),
      has_sent: row.sent === null ? 0 : 1,
      direction: row.direction,
      status: row.status,
      error: row.error ?? -1,
      // A currency without a price costs nothing.
      unit: row.price === null ? 0 : this.#currencyOf(row.unit),
    };
    const sums = {
      messages: sign,
      segments: sign * (row.segments ?? 0),
      media: sign * (row.media ?? 0),
      price: key.unit === 0 ? 0 : sign * priceUnits(row.price ?? '0'),
    };
    const { channel, country, service } = row;
    const dayOf = (hour: number) => Math.floor(hour / 24) * 24;
    const days = { date_hour: dayOf(key.date_hour), created_hour: dayOf(key.created_hour) };
    this.#add('history_day_rollup', { ...key, ...days }, sums);
    this.#add('history_rollup', key, sums);
    this.#add('history_country_rollup', { ...key, channel, country }, sums);
    this.#add('history_sender_rollup', { ...key, channel, sender: row.sender ?? '', service }, sums);
  }

  #add(table: RollupTable, key: object, sums: Pick<RollupColumns, (typeof SUMS)[number]>): void {
    const rows = this.#rows[table];
    const name = JSON.stringify(Object.values(key));
    const known = rows.get(name);
    if (known) for (const sum of SUMS) known[sum] += sums[sum];
    else rows.set(name, { ...key, ...sums } as RollupRow);
  }

  #currencyOf(unit: number): number {
    return this.#terms.idOf(this.#terms.textOf(unit)?.toUpperCase() ?? null);
  }

  async apply(engine: HistoryEngine, transaction: Transaction<HistoryTables>): Promise<void> {
    for (const table of Object.keys(ROLLUPS) as RollupTable[]) {
      const rows = [...this.#rows[table].values()].filter((row) => SUMS.some((sum) => row[sum] !== 0));
      if (rows.length === 0) continue;
      const key = [...ROLLUP_KEY, ...ROLLUPS[table]].join(', ');
      const sums = SUMS.map((sum) => `${sum} = ${table}.${sum} + excluded.${sum}`).join(', ');
      await engine.insertAll(transaction, table, rows, `on conflict (${key}) do update set ${sums}`);
      // Also where nothing was taken away: prices may change and cancel out, but counts decide.
      const fewer = rows.filter(({ messages }) => messages < 0);
      if (fewer.length === 0) continue;
      await transaction
        .deleteFrom(table)
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
