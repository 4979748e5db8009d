import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { KeyMarker } from '../key-marker.ts';
import type { Tables } from './tables.ts';

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
