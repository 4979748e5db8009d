import type { Kysely, Transaction } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';
import { createWatch, type Watch } from './watch.ts';

/** How the tables are reached; every error of the engine comes out translated. */
export interface Database {
  readonly engine: Engine;
  readonly watch: Watch;
  /** One statement, or several that need not agree. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** All or nothing, and nobody is told. */
  transact<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * A transaction that changes credentials or API keys: all gateways are told.
   *
   * @param changed whether the result means that anything changed. @default always
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
        // Last, because it locks this one row for all others until the transaction ends.
        const { version } = await transaction
          .updateTable('change_counter')
          .set(({ eb }) => ({ version: eb('version', '+', 1) }))
          .returning('version')
          .executeTakeFirstOrThrow();
        await engine.announce(transaction);
        return { result, version };
      });
      if (done.version !== null) watch.saw(done.version);
      return done.result;
    },
  };
}

/** The number of the last change of credentials or API keys. */
export async function readVersion(db: Kysely<Tables>): Promise<number> {
  const { version } = await db.selectFrom('change_counter').select('version').executeTakeFirstOrThrow();
  return version;
}
