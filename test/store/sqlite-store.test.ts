import { copyFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { SqlStore } from '../../src/store/sql/sql-store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { crashSuite } from './crash-suite.ts';
import { catchConnection, fillDisk, smallDisk } from './disk.ts';
import { keysSuite } from './keys-suite.ts';
import { sealingSuite } from './sealing-suite.ts';
import { sharingSuite } from './sharing-suite.ts';
import { storeSuite } from './store-suite.ts';
import { createSqliteEngine, newCredential, newTokenHash } from './test-engines.ts';

const engine = createSqliteEngine();
afterAll(engine.stop);

storeSuite(engine);
keysSuite(engine);
sealingSuite(engine);
sharingSuite(engine);
crashSuite(engine);

test('the files are readable by their owner only', async () => {
  const file = await engine.empty();
  const store = await engine.open(file);
  await store.add(newCredential());
  const modes = [dirname(file), file, `${file}-wal`, `${file}-shm`].map(
    (path) => statSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  await store.close();
});

test('the file is in WAL mode, so that readers and a writer do not block each other', async () => {
  const file = await engine.empty();
  const store = await engine.open(file);
  const [mode] = await engine.execute(file, 'pragma journal_mode');
  expect(mode).toEqual({ journal_mode: 'wal' });
  await store.close();
});

test('INSERT OR REPLACE cannot change the audit log either', async () => {
  const file = await engine.empty();
  const store = await engine.open(file);
  await store.appendAudit({
    at: new Date(),
    actor: 'a',
    action: 'b',
    target: null,
    origin: null,
    detail: null,
  });
  const replace = "insert or replace into audit_log (id, at, actor, action) values (1, 0, 'x', 'y')";
  await expect(engine.execute(file, replace)).rejects.toThrow('append-only');
  await store.close();
});

test('a file that is not a database, or cannot be created, is a clear error', async () => {
  const file = await engine.empty();
  await (await engine.open(file)).close();
  const other = join(dirname(file), 'other.db');
  writeFileSync(other, 'no database '.repeat(1_000));
  await expect(engine.open(other)).rejects.toThrow(/other\.db: it is not an SQLite database/);
  await expect(engine.open(join(file, 'below', 'gateway.db'))).rejects.toThrow(StoreUnavailableError);
});

test('a change waits for a write of another process without blocking the event loop', async () => {
  const file = await engine.empty();
  const store = await engine.open(file);
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  const adding = store.add(newCredential());
  setTimeout(() => other.exec('commit'), 200);
  expect(await adding).toMatchObject({ secretVersion: 1 });
  other.close();
  await store.close();
});

/** All kinds of changes, with and without a transaction. */
function changesOf(store: SqlStore, id: string): Record<string, () => Promise<unknown>> {
  const key = {
    name: 'k',
    role: 'ADMIN',
    tokenHash: newTokenHash(),
    credentialIds: [],
    dateExpires: null,
  } as const;
  const large = 'x'.repeat(20_000);
  const entry = { at: new Date(), actor: 'a', action: 'b', target: null, origin: null, detail: { large } };
  const dateExpires = new Date(Date.now() + 60_000);
  return {
    add: () => store.add(newCredential({ clientSecret: large })),
    rotateSecret: () => store.rotateSecret(id, large),
    addApiKey: () => store.addApiKey(key),
    saveRefreshToken: () => store.saveRefreshToken(id, large),
    saveState: () =>
      store.saveState({ state: 's', codeVerifier: large, nickname: 'n', dateExpires, details: {} }),
    appendAudit: () => store.appendAudit(entry),
  };
}

describe('a full disk', () => {
  test('a file that cannot grow: changes fail until there is space', async () => {
    const connection = catchConnection();
    const store = await engine.open(await engine.empty());
    const { id } = await store.add(newCredential());
    connection().exec('pragma max_page_count = 1');
    const { addApiKey: _small, ...changes } = changesOf(store, id);
    for (const [name, change] of Object.entries(changes)) {
      await expect(change(), name).rejects.toThrow(StoreUnavailableError);
      await expect(change(), name).rejects.toThrow(/the disk is full/);
    }
    connection().exec('pragma max_page_count = 1000000');
    for (const change of Object.values(changesOf(store, id))) await change();
    expect(await store.list()).toHaveLength(2);
    await store.close();
  });

  test('a full file system', async ({ skip }) => {
    const folder = smallDisk();
    if (!folder) return skip('no file system can be mounted here');
    const store = await engine.open(join(folder, 'gateway.db'));
    const { id } = await store.add(newCredential());
    const free = fillDisk(folder);
    for (const [name, change] of Object.entries(changesOf(store, id))) {
      // Some may still fit into free pages of the file.
      const failures = await Promise.all(
        [change(), change()].map((one) =>
          one.then(
            () => null,
            (error) => error,
          ),
        ),
      );
      for (const error of failures.filter(Boolean)) {
        expect(error, name).toBeInstanceOf(StoreUnavailableError);
        expect(error.message, name).toContain('the disk is full');
      }
    }
    await expect(store.add(newCredential({ clientSecret: 'x'.repeat(20_000) }))).rejects.toThrow(
      'the disk is full',
    );
    const before = await store.list();
    free();
    await store.add(newCredential());
    expect(await store.list()).toHaveLength(before.length + 1);
    await store.close();
  });
});

describe('a database file that', () => {
  const GONE = /deleted or replaced/;
  const ways: Record<string, (file: string) => void> = {
    'is deleted': (file) => rmSync(file),
    'is deleted with its folder': (file) => rmSync(dirname(file), { recursive: true }),
    'is moved away': (file) => renameSync(file, `${file}.old`),
    'is replaced by another': (file) => {
      copyFileSync(file, `${file}.new`);
      renameSync(`${file}.new`, file);
    },
    'has lost its write-ahead log': (file) => rmSync(`${file}-wal`),
    'has lost its lock file': (file) => rmSync(`${file}-shm`),
  };

  test.each(Object.entries(ways))('%s: changes fail with advice', async (_, lose) => {
    const file = await engine.empty();
    const store = await engine.open(file);
    const { id } = await store.add(newCredential());
    lose(file);
    for (const [name, change] of Object.entries(changesOf(store, id))) {
      await expect(change(), name).rejects.toThrow(StoreUnavailableError);
      await expect(change(), name).rejects.toThrow(GONE);
      await expect(change(), name).rejects.toMatchObject({ advice: expect.stringContaining('restart') });
    }
    await expect(store.ping()).rejects.toThrow(GONE);
    await store.close();
  });

  test('is moved away works again once it is restored', async () => {
    const file = await engine.empty();
    const store = await engine.open(file);
    await store.add(newCredential());
    renameSync(file, `${file}.old`);
    await expect(store.add(newCredential())).rejects.toThrow(GONE);
    renameSync(`${file}.old`, file);
    await store.add(newCredential());
    expect(await store.list()).toHaveLength(2);
    await store.close();
  });

  test('is moved during a transaction keeps nothing of it', async () => {
    const file = await engine.empty();
    const store = await engine.open(file);
    await store.add(newCredential());
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const adding = store.add(newCredential());
    const moved = `${file}.old`;
    renameSync(file, moved);
    other.exec('commit');
    other.close();
    await expect(adding).rejects.toThrow(GONE);
    renameSync(moved, file);
    expect(await store.list()).toHaveLength(1);
    await store.close();
  });
});
