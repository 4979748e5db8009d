import { createServer } from 'node:net';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/credentials/cached-store.ts';
import { StoreUnavailableError } from '../../src/credentials/store-errors.ts';
import { crashSuite } from './crash-suite.ts';
import { cipher, createPostgresHome, newCredential, newTokenHash, until } from './homes.ts';
import { keysSuite } from './keys-suite.ts';
import { freePort } from './postgres.ts';
import { sealingSuite } from './sealing-suite.ts';
import { sharingSuite } from './sharing-suite.ts';
import { storeSuite } from './store-suite.ts';

const home = createPostgresHome();
beforeAll(home.start, 60_000);
afterAll(home.stop);

storeSuite(home);
keysSuite(home);
sealingSuite(home);
sharingSuite(home);
crashSuite(home);

describe('announcements', () => {
  test('come faster than the next look would, also after their connection broke', async () => {
    const place = await home.empty();
    const [one, two] = [await home.open(place), await home.open(place)];
    const heard: string[] = [];
    two.onChange(() => heard.push('change'));
    const listening = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`;
    // Each look is 1.5 s after the one before: of three in a row at most one can be a look's.
    for (let round = 0; round < 3; round += 1) {
      await until(
        async () =>
          (await home.execute(place, listening.replace(/pg_terminate_backend\(pid\)/, 'pid'))).length > 0,
      );
      heard.length = 0;
      await one.add(newCredential());
      expect(await until(async () => heard.length > 0)).toBeLessThan(1_000);
      if (round === 0) await home.execute(place, listening);
    }
    await Promise.all([one.close(), two.close()]);
  });

  test('are not needed: the next look finds the change within 2 s', async () => {
    const place = await home.empty();
    const [one, two] = [await home.open(place), await home.open(place)];
    let heard = 0;
    two.onChange(() => {
      heard += 1;
    });
    await until(async () => heard === 0);
    await home.execute(place, 'update change_counter set version = version + 1');
    expect(await until(async () => heard > 0)).toBeLessThan(2_000);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('a database that is not there', () => {
  const password = 'PLANTED-password';

  test.each([
    [
      'a port nobody listens on',
      async () => `postgres://u:${password}@127.0.0.1:${await freePort()}/x`,
      'ECONNREFUSED',
    ],
    [
      'a wrong password',
      async () => (await home.empty()).replace(/:[^:@]+@/, `:${password}@`),
      'user name or password',
    ],
    ['no password', async () => (await home.empty()).replace(/:[^:@]+@/, '@'), 'user name or password'],
    ['no such database', async () => `${await home.empty()}_not`, 'the database does not exist'],
    ['no URL at all', async () => `host=db password=${password}`, 'DATABASE_URL'],
    ['a password that is not encoded', async () => `postgres://u:${password}/x@127.0.0.1/x`, 'DATABASE_URL'],
  ])('is a clear and quick error at start: %s', async (_, place, words) => {
    const start = performance.now();
    const error: unknown = await home.open(await place()).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(words);
    expect(inspect(error, { depth: 9 })).not.toContain(password);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('a server that accepts and says nothing is given up on', async () => {
    const silent = createServer(() => {});
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    const start = performance.now();
    await expect(home.open(`postgres://u:p@127.0.0.1:${port}/x`)).rejects.toThrow('does not respond in time');
    expect(performance.now() - start).toBeLessThan(5_000);
    silent.close();
  });
});

test('statements that get no answer are given up on, and their connections not used again', async () => {
  const place = await home.empty();
  const store = await home.open(place);
  const { id } = await store.add(newCredential());
  const other = new pg.Client({ connectionString: place });
  await other.connect();
  await other.query('begin; lock table credentials in access exclusive mode');
  // As many as the store has connections.
  const stuck = await Promise.allSettled([1, 2, 3, 4, 5].map(() => store.rename(id, 'stuck')));
  for (const one of stuck) {
    expect(one).toMatchObject({ reason: expect.objectContaining({ name: 'StoreUnavailableError' }) });
  }
  const start = performance.now();
  await store.ping();
  expect(performance.now() - start).toBeLessThan(2_000);
  await other.end();
  expect(await store.rename(id, 'free again')).toMatchObject({ nickname: 'free again' });
  await store.close();
});

test('a database that goes away later: reads are served, changes fail, and all is well when it is back', async () => {
  const place = await home.empty();
  const said: string[] = [];
  const note = (_fields: unknown, text?: string) => said.push(String(text ?? _fields));
  const store = await createCachedStore(await home.open(place), { cipher, log: { info: note, warn: note } });
  const added = await store.add(newCredential({ clientSecret: 'known' }));
  const tokenHash = newTokenHash();
  const input = {
    name: 'k',
    role: 'READER',
    tokenHash,
    credentialIds: [added.id],
    dateExpires: null,
  } as const;
  const key = await store.addApiKey(input);

  await home.server().halt();
  expect(await store.list()).toEqual([added]);
  expect(await store.get(added.id)).toEqual(added);
  expect(await store.clientSecret(added.id)).toBe('known');
  expect(await store.findApiKeyByHash(tokenHash)).toEqual(key);
  expect(await store.listApiKeys()).toEqual([key]);
  const start = performance.now();
  await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
  await expect(store.add(newCredential())).rejects.toThrow(StoreUnavailableError);
  await expect(store.revokeApiKey(key.id)).rejects.toThrow(StoreUnavailableError);
  await expect(store.takeState('x')).rejects.toThrow(StoreUnavailableError);
  expect(performance.now() - start).toBeLessThan(5_000);

  await home.server().resume();
  // Another gateway is quicker to come back and changes something.
  const other = await home.open(place);
  await other.rotateSecret(added.id, 'new');
  await until(async () => (await store.clientSecret(added.id)) === 'new', 4_000);
  await store.rename(added.id, 'works again');
  expect(await store.get(added.id)).toMatchObject({ nickname: 'works again' });
  await Promise.all([store.close(), other.close()]);
});
