import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { type Cipher, createCipher } from '../../src/store/cipher.ts';
import { openPostgresStore } from '../../src/store/postgres-store.ts';
import type { NewCredential } from '../../src/store/records.ts';
import type { LeaseOptions } from '../../src/store/sql/leases.ts';
import type { SqlStore } from '../../src/store/sql/sql-store.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { query, startPostgres, type TestPostgres } from './postgres.ts';

/** The same in all processes of a test. */
export const KEY = '8f14e45fceea167a5a36dedd4bea2543b5a1c2d3e4f5061728394a5b6c7d8e9f';
export const OTHER_KEY = '00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0';
export const cipher = cipherOf(KEY);

/** Creates databases on one of the two engines. */
export interface TestEngine {
  readonly name: 'SQLite' | 'PostgreSQL';
  start(): Promise<void>;
  /** @returns the location of a new, empty database: a file or a URL */
  empty(): Promise<string>;
  open(location: string, options?: { cipher?: Cipher; leases?: LeaseOptions }): Promise<SqlStore>;
  /** Runs one statement on another connection. */
  execute(location: string, statement: string): Promise<unknown[]>;
  /** Deletes the marker of an ADMIN key outside the database. */
  forgetMarker(location: string): Promise<void>;
  /** Returns all bytes of the engine's files. */
  bytes(location: string): Promise<Buffer>;
  stop(): Promise<void>;
}

export function createSqliteEngine(): TestEngine {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-store-'));
  let files = 0;
  return {
    name: 'SQLite',
    async start() {},
    async empty() {
      files += 1;
      return join(directory, `data-${files}`, 'gateway.db');
    },
    open: (location, options) => openSqliteStore(location, { cipher, ...options }),
    async execute(location, statement) {
      const database = new DatabaseSync(location, { timeout: 1_000 });
      try {
        return database.prepare(statement).all();
      } finally {
        database.close();
      }
    },
    async forgetMarker(location) {
      const directory = dirname(location);
      rmSync(`${location}.closed`, { force: true });
      rmSync(join(directory, '..', `.${basename(directory)}.${basename(location)}.closed`), { force: true });
    },
    bytes: async (location) => contentsOf(join(location, '..')),
    async stop() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function createPostgresEngine(): TestEngine & { server(): TestPostgres } {
  let running: TestPostgres | null = null;
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
    open: (location, options) => openPostgresStore(location, { cipher, ...options }),
    execute: query,
    forgetMarker: async () => {},
    async bytes(location) {
      await query(location, 'checkpoint');
      return contentsOf(server().directory);
    },
    stop: async () => running?.close(),
  };
}

let count = 0;

/** Returns a credential with a unique nickname. */
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

/** Returns the SHA-256 of a random token. */
export function newTokenHash(): string {
  return createHash('sha256').update(randomBytes(32)).digest('hex');
}

export function cipherOf(keys: string): Cipher {
  return createCipher(parseEncryptionKeys(keys));
}

/** Polls until a condition holds. Returns the time that took, in milliseconds. */
export async function until(holds: () => Promise<boolean>, timeoutMs = 5_000): Promise<number> {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > timeoutMs) throw new Error(`condition not met within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - start;
}

function contentsOf(directory: string): Buffer {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}
