import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../src/credentials/store-errors.ts';
import { crashSuite } from './crash-suite.ts';
import { createSqliteHome, newCredential } from './homes.ts';
import { keysSuite } from './keys-suite.ts';
import { sealingSuite } from './sealing-suite.ts';
import { sharingSuite } from './sharing-suite.ts';
import { storeSuite } from './store-suite.ts';

const home = createSqliteHome();
afterAll(home.stop);

storeSuite(home);
keysSuite(home);
sealingSuite(home);
sharingSuite(home);
crashSuite(home);

test('the files are readable by their owner alone', async () => {
  const file = await home.empty();
  const store = await home.open(file);
  await store.add(newCredential());
  const modes = [dirname(file), file, `${file}-wal`, `${file}-shm`].map(
    (path) => statSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  await store.close();
});

test('readers and a writer do not wait for each other: the file is in WAL mode', async () => {
  const file = await home.empty();
  const store = await home.open(file);
  const [mode] = await home.execute(file, 'pragma journal_mode');
  expect(mode).toEqual({ journal_mode: 'wal' });
  await store.close();
});

test('INSERT OR REPLACE does not rewrite the audit either', async () => {
  const file = await home.empty();
  const store = await home.open(file);
  await store.appendAudit({
    at: new Date(),
    actor: 'a',
    action: 'b',
    target: null,
    origin: null,
    detail: null,
  });
  const replace = "insert or replace into audit_log (id, at, actor, action) values (1, 0, 'x', 'y')";
  await expect(home.execute(file, replace)).rejects.toThrow('append-only');
  await store.close();
});

test('a file that is no database, or cannot be made, is a clear error', async () => {
  const file = await home.empty();
  await (await home.open(file)).close();
  const other = join(dirname(file), 'other.db');
  writeFileSync(other, 'no database '.repeat(1_000));
  await expect(home.open(other)).rejects.toThrow(/other\.db: it is no SQLite database/);
  await expect(home.open(join(file, 'below', 'gateway.db'))).rejects.toThrow(StoreUnavailableError);
});

test('a change waits while another process writes, and the process goes on meanwhile', async () => {
  const file = await home.empty();
  const store = await home.open(file);
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  const adding = store.add(newCredential());
  setTimeout(() => other.exec('commit'), 200);
  expect(await adding).toMatchObject({ secretVersion: 1 });
  other.close();
  await store.close();
});
