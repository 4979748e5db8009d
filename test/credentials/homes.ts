import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Cipher, createCipher } from '../../src/credentials/cipher.ts';
import type { NewCredential } from '../../src/credentials/credential.ts';
import { parseEncryptionKeys } from '../../src/credentials/encryption-keys.ts';
import { openPostgresStore } from '../../src/credentials/postgres-store.ts';
import type { LeaseOptions } from '../../src/credentials/sql/leases.ts';
import type { SqlStore } from '../../src/credentials/sql/sql-store.ts';
import { openSqliteStore } from '../../src/credentials/sqlite-store.ts';
import { query, startPostgres, type TestPostgres } from './postgres.ts';

/** A key that is the same in all processes of a test. */
export const KEY = '8f14e45fceea167a5a36dedd4bea2543b5a1c2d3e4f5061728394a5b6c7d8e9f';
export const OTHER_KEY = '00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0';
export const cipher = cipherOf(KEY);

/** One empty database after another, on one of the two engines. */
export interface Home {
  readonly engine: 'SQLite' | 'PostgreSQL';
  start(): Promise<void>;
  /** @returns where a new, empty database is */
  empty(): Promise<string>;
  open(place: string, options?: { cipher?: Cipher; leases?: LeaseOptions }): Promise<SqlStore>;
  /** Runs one statement behind the store's back. */
  execute(place: string, statement: string): Promise<unknown[]>;
  /** Deletes what says, outside the database, that it had an ADMIN key. */
  forgetMarker(place: string): Promise<void>;
  /** All bytes the engine has on disk. */
  bytes(place: string): Promise<Buffer>;
  stop(): Promise<void>;
}

export function createSqliteHome(): Home {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-store-'));
  let files = 0;
  return {
    engine: 'SQLite',
    async start() {},
    async empty() {
      files += 1;
      return join(directory, `data-${files}`, 'gateway.db');
    },
    open: (place, options) => openSqliteStore(place, { cipher, ...options }),
    async execute(place, statement) {
      const database = new DatabaseSync(place, { timeout: 1_000 });
      try {
        return database.prepare(statement).all();
      } finally {
        database.close();
      }
    },
    async forgetMarker(place) {
      const directory = dirname(place);
      rmSync(`${place}.closed`, { force: true });
      rmSync(join(directory, '..', `.${basename(directory)}.${basename(place)}.closed`), { force: true });
    },
    bytes: async (place) => contentsOf(join(place, '..')),
    async stop() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function createPostgresHome(): Home & { server(): TestPostgres } {
  let running: TestPostgres | null = null;
  const server = () => {
    if (!running) throw new Error('PostgreSQL was not started');
    return running;
  };
  return {
    engine: 'PostgreSQL',
    server,
    async start() {
      running = await startPostgres();
    },
    empty: () => server().createDatabase(),
    open: (place, options) => openPostgresStore(place, { cipher, ...options }),
    execute: query,
    forgetMarker: async () => {},
    async bytes(place) {
      await query(place, 'checkpoint');
      return contentsOf(server().directory);
    },
    stop: async () => running?.close(),
  };
}

let count = 0;

/** A credential that no other has the nickname of. */
export function newCredential(values: Partial<NewCredential> = {}): NewCredential {
  count += 1;
  const digits = count.toString(16).padStart(32, '0');
  return {
    nickname: `credential ${count}`,
    accountSid: `AC${digits}`,
    clientId: `OQ${digits}`,
    clientSecret: `secret ${count}`,
    ...values,
  };
}

/** The SHA-256 of a new random token. */
export function newTokenHash(): string {
  return createHash('sha256').update(randomBytes(32)).digest('hex');
}

export function cipherOf(keys: string): Cipher {
  return createCipher(parseEncryptionKeys(keys));
}

/** Waits until something holds; in milliseconds, how long that took. */
export async function until(holds: () => Promise<boolean>, timeoutMs = 5_000): Promise<number> {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > timeoutMs) throw new Error(`Not so within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - start;
}

function contentsOf(directory: string): Buffer {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}
