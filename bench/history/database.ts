import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryLocation } from '../../src/history/worker-messages.ts';
import { query, startPostgres } from '../../test/store/postgres.ts';

/** A new, empty database for a history. */
export interface BenchDatabase {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly location: Pick<HistoryLocation, 'databaseUrl' | 'file'>;
  /** Settings of a gateway with this database. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes on the disk. */
  bytes(): Promise<number>;
  /** What a database does to itself in time, e.g. autovacuum; null where nothing is. */
  readonly settle: (() => Promise<unknown>) | null;
  /** The processor's time of its own processes, in seconds. */
  cpu(): number;
  close(): Promise<void>;
}

export async function openSqliteBench(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  const copies = join(folder, 'history');
  mkdirSync(copies);
  const file = join(copies, 'history.db');
  return {
    name: 'SQLite',
    location: { file, databaseUrl: undefined },
    env: { DATABASE_FILE: join(folder, 'gateway.db'), HISTORY_FILE: file },
    bytes: async () => readdirSync(copies).reduce((sum, name) => sum + statSync(join(copies, name)).size, 0),
    settle: null,
    cpu: () => 0,
    close: async () => rmSync(folder, { recursive: true }),
  };
}

export async function openPostgresBench(): Promise<BenchDatabase> {
  const server = await startPostgres();
  const databaseUrl = await server.createDatabase();
  const size = async () => {
    const [row] = await query(databaseUrl, 'select pg_database_size(current_database()) as size');
    return Number((row as { size: string }).size);
  };
  // The size of an empty database does not count.
  const empty = await size();
  const postmaster = Number(readFileSync(join(server.directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    name: 'PostgreSQL',
    location: { databaseUrl, file: '' },
    env: { DATABASE_URL: databaseUrl, GATEWAY_ENCRYPTION_KEYS: randomBytes(32).toString('base64') },
    bytes: async () => (await size()) - empty,
    settle: () => query(databaseUrl, 'vacuum (analyze)'),
    cpu: () => cpuOf(postmaster),
    close: () => server.close(),
  };
}

const TICKS_PER_SECOND = 100;

/** The processor's time of a process, of its children and of those that have ended, in seconds. */
function cpuOf(pid: number): number {
  let ticks = 0;
  for (const member of [pid, ...childrenOf(pid)]) {
    try {
      const stat = readFileSync(`/proc/${member}/stat`, 'utf8');
      // The name, in parentheses, may contain spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
      if (member === pid) ticks += Number(fields[13]) + Number(fields[14]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks / TICKS_PER_SECOND;
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
