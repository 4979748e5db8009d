import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { KeyMarker } from '../key-marker.ts';
import type { Tables } from './tables.ts';
import { createWatch, type Watch } from './watch.ts';

/** The differences between SQLite and PostgreSQL. */
export interface Engine {
  readonly db: Kysely<Tables>;
  readonly ddl: Ddl;
  /** The database's clock in milliseconds, which gateways on several machines share. */
  readonly now: RawBuilder<number>;
  /** Interval between polls for changes, in milliseconds. */
  readonly pollMs: number;
  /** Returns one row when the table exists, otherwise none. */
  findTable(name: string): RawBuilder<unknown>;
  /** Blocks migrations by other gateways until the transaction ends. */
  lockMigrations(transaction: Transaction<Tables>): Promise<void>;
  /** Notifies other gateways of a change when the transaction commits. */
  announce(transaction: Transaction<Tables>): Promise<void>;
  /** Calls back when another gateway announces a change. @returns a function that stops listening */
  listen(onChange: () => void): () => Promise<void>;
  /** The constraint that a statement violated, if the error is a violation. */
  violation(error: unknown): 'unique' | 'foreign-key' | null;
  /** Maps errors of an unavailable database to StoreUnavailableError; returns others unchanged. */
  translate(error: unknown): unknown;
  /** Only for an engine with files on this machine. */
  readonly keyMarker?: KeyMarker;
  close(): Promise<void>;
}

/** The engine's SQL fragments for CREATE TABLE. */
export interface Ddl {
  integer: string;
  /** Type of an auto-increment primary key. */
  position: string;
  /** Options after the list of columns. */
  options: string;
  /** Returns statements that make a table reject UPDATE and DELETE. */
  appendOnly(table: string): readonly string[];
}

/** Access to the tables, with translated errors. */
export interface Database {
  readonly engine: Engine;
  readonly watch: Watch;
  /** Runs statements without a transaction. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Runs a transaction without notifying other gateways. */
  transact<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * Runs a transaction that changes credentials, API keys or published documents, and notifies all gateways.
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
