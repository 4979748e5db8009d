import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HistoryStore } from '../../src/history/history-store.ts';
import { openPostgresHistory, openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { query, startPostgres, type TestPostgres } from '../store/postgres.ts';

/** Creates history stores on one of the two engines. */
export interface TestHistory {
  readonly name: 'SQLite' | 'PostgreSQL';
  start(): Promise<void>;
  /** @returns the location of a new, empty database: a file or a URL */
  empty(): Promise<string>;
  open(location: string): Promise<HistoryStore>;
  /** Returns all bytes of the tables' files. */
  bytes(location: string): Promise<Buffer>;
  stop(): Promise<void>;
}

export function sqliteHistory(): TestHistory {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-history-'));
  let files = 0;
  return {
    name: 'SQLite',
    start: async () => {},
    async empty() {
      files += 1;
      return join(directory, `data-${files}`, 'history.db');
    },
    open: openSqliteHistory,
    bytes: async (location) => contentsOf(dirname(location)),
    stop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function postgresHistory(): TestHistory & { server(): TestPostgres } {
  let running: TestPostgres | undefined;
  const server = () => {
    if (!running) throw new Error('PostgreSQL was not started');
    return running;
  };
  return {
    name: 'PostgreSQL',
    server,
    async start() {
      running = await startPostgres();
    },
    empty: () => server().createDatabase(),
    open: openPostgresHistory,
    // The log of changes, which the server recycles on its own, is not part of the tables.
    async bytes(location) {
      await query(location, 'checkpoint');
      const [row] = await query(location, 'select oid from pg_database where datname = current_database()');
      return contentsOf(join(server().directory, 'base', String((row as { oid: number }).oid)));
    },
    stop: async () => running?.close(),
  };
}

function contentsOf(directory: string): Buffer {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return Buffer.concat(
    files.filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name))),
  );
}
