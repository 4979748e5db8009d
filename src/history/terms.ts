import type { Kysely } from 'kysely';
import type { HistoryTables } from './tables.ts';

/**
 * Numbers for the texts that recur in messages: statuses, directions, channels, countries, currencies, Messaging Services.
 * They are few, so that all of them are in memory. 0 stands for null.
 */
export class Terms {
  readonly #db: Kysely<HistoryTables>;
  readonly #ids = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(db: Kysely<HistoryTables>) {
    this.#db = db;
  }

  /** Reads the terms that others have added. Before each read: a filter by status must know all statuses. */
  async load(): Promise<void> {
    const { count } = await this.#db
      .selectFrom('history_term')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) === this.#texts.size) return;
    for (const { id, text } of await this.#db.selectFrom('history_term').selectAll().execute()) {
      this.#ids.set(text, id);
      this.#texts.set(id, text);
    }
  }

  /** Adds terms that are missing, outside of any transaction: a term that no message has does no harm. */
  async add(texts: Iterable<string | null | undefined>): Promise<void> {
    const missing = [...new Set(texts)].filter((text) => text != null && !this.#ids.has(text)) as string[];
    if (missing.length === 0) return;
    await this.#db
      .insertInto('history_term')
      .values(missing.map((text) => ({ text })))
      .onConflict((conflict) => conflict.column('text').doNothing())
      .execute();
    await this.load();
  }

  /** The number of a term that was added; 0 for null, -1 for a text that no message has. */
  idOf(text: string | null | undefined): number {
    if (text == null) return 0;
    return this.#ids.get(text) ?? -1;
  }

  /** The numbers of all terms for which a test holds. */
  idsWhere(test: (text: string) => boolean): number[] {
    return [...this.#ids].filter(([text]) => test(text)).map(([, id]) => id);
  }

  /** The terms that differ from another one by lower case alone, each with that one. */
  upperCased(): (readonly [number, number])[] {
    return [...this.#ids].flatMap(([text, id]) => {
      const upper = this.#ids.get(text.toUpperCase());
      return upper === undefined || upper === id ? [] : [[id, upper] as const];
    });
  }

  textOf(id: number): string | null {
    return this.#texts.get(id) ?? null;
  }
}
