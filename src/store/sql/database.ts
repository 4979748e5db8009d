import type { Kysely, Transaction } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';
import { createWatch, type Watch } from './watch.ts';

/** Access to the tables, with translated errors. */
export interface Database {
  readonly engine: Engine;
  readonly watch: Watch;
  /** Runs statements without a transaction. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Runs a transaction without notifying other gateways. */
  transact<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * Runs a transaction that changes credentials or API keys, and notifies all gateways.
   *
   * @param changed whether the result means that anything changed. @default always true
   */
  change<T>(
    work: (transaction: Transaction<Tables>) => Promise<T>,
    changed?: (result: T) => boolean,
  ): Promise<T>;
}

export async function createDatabase(engine: Engine): Promise<Database> {
  async function run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      return await work(engine.db);
    } catch (error) {
      throw engine.translate(error);
    }
  }
  const transact: Database['transact'] = (work) => run((db) => db.transaction().execute(work));

  const watch = await createWatch({
    pollMs: engine.pollMs,
    listen: engine.listen,
    readVersion: () => run(readVersion),
  });

  return {
    engine,
    watch,
    run,
    transact,
    async change(work, changed = () => true) {
      const done = await transact(async (transaction) => {
        const result = await work(transaction);
        if (!changed(result)) return { result, version: null };
        // Last, because it locks this row for all other writers until the transaction ends.
        const { version } = await transaction
          .updateTable('change_counter')
          .set(({ eb }) => ({ version: eb('version', '+', 1) }))
          .returning('version')
          .executeTakeFirstOrThrow();
        await engine.announce(transaction);
        return { result, version };
      });
      if (done.version !== null) watch.update(done.version);
      return done.result;
    },
  };
}

/** Reads the number of the last change of credentials or API keys. */
export async function readVersion(db: Kysely<Tables>): Promise<number> {
  const { version } = await db.selectFrom('change_counter').select('version').executeTakeFirstOrThrow();
  return version;
}
