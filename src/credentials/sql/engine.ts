import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { KeyMarker } from '../key-marker.ts';
import type { Tables } from './tables.ts';

/** All that differs between SQLite and PostgreSQL. */
export interface Engine {
  readonly db: Kysely<Tables>;
  readonly ddl: Ddl;
  /** The database's own clock in milliseconds: what gateways on several machines agree on. */
  readonly now: RawBuilder<number>;
  /** How often to look for changes, in milliseconds. */
  readonly pollMs: number;
  /** One row when there is such a table, else none. */
  findTable(name: string): RawBuilder<unknown>;
  /** Holds off other gateways that migrate, until the transaction ends. */
  lockMigrations(transaction: Transaction<Tables>): Promise<void>;
  /** Tells other gateways, when the transaction commits, that something changed. */
  announce(transaction: Transaction<Tables>): Promise<void>;
  /** Calls back when another gateway announces a change. @returns what ends it */
  listen(onChange: () => void): () => Promise<void>;
  /** Which rule of the database a statement broke, if that is what the error says. */
  violation(error: unknown): 'unique' | 'foreign-key' | null;
  /** Makes a StoreUnavailableError of what means that; anything else comes back as it is. */
  translate(error: unknown): unknown;
  /** Where the engine has files of its own on this machine. */
  readonly keyMarker?: KeyMarker;
  close(): Promise<void>;
}

/** The words of the engine's SQL to create tables with. */
export interface Ddl {
  integer: string;
  /** The type of a key that counts up by itself. */
  position: string;
  /** What stands behind the columns. */
  options: string;
  /** Statements that make a table refuse UPDATE and DELETE. */
  appendOnly(table: string): readonly string[];
}
