import { createServer } from 'node:net';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { crashSuite } from './crash-suite.ts';
import { keysSuite } from './keys-suite.ts';
import { freePort } from './postgres.ts';
import { sealingSuite } from './sealing-suite.ts';
import { sharingSuite } from './sharing-suite.ts';
import { storeSuite } from './store-suite.ts';
import { cipher, createPostgresEngine, newCredential, newTokenHash, until } from './test-engines.ts';

const engine = createPostgresEngine();
beforeAll(engine.start, 60_000);
afterAll(engine.stop);

storeSuite(engine);
keysSuite(engine);
sealingSuite(engine);
sharingSuite(engine);
crashSuite(engine);

describe('announcements', () => {
  test('arrive faster than the next poll, also after their connection broke', async () => {
    const location = await engine.empty();
    const [one, two] = [await engine.open(location), await engine.open(location)];
    const heard: string[] = [];
    two.onChange(() => heard.push('change'));
    const listening = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`;
    // Polls are 1.5 s apart, so at most one of three fast notices in a row can come from a poll.
    for (let round = 0; round < 3; round += 1) {
      await until(
        async () =>
          (await engine.execute(location, listening.replace(/pg_terminate_backend\(pid\)/, 'pid'))).length >
          0,
      );
      heard.length = 0;
      await one.add(newCredential());
      expect(await until(async () => heard.length > 0)).toBeLessThan(1_000);
      if (round === 0) await engine.execute(location, listening);
    }
    await Promise.all([one.close(), two.close()]);
  });

  test('are not required: the next poll detects a change within 2 s', async () => {
    const location = await engine.empty();
    const [one, two] = [await engine.open(location), await engine.open(location)];
    let heard = 0;
    two.onChange(() => {
      heard += 1;
    });
    await engine.execute(location, 'update change_counter set version = version + 1');
    expect(await until(async () => heard > 0)).toBeLessThan(2_000);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('an unavailable database', () => {
  const password = 'PLANTED-password';

  test.each([
    ['a closed port', async () => `postgres://u:${password}@127.0.0.1:${await freePort()}/x`, 'ECONNREFUSED'],
    [
      'a wrong password',
      async () => (await engine.empty()).replace(/:[^:@]+@/, `:${password}@`),
      'user name or password',
    ],
    ['no password', async () => (await engine.empty()).replace(/:[^:@]+@/, '@'), 'user name or password'],
    ['an unknown database', async () => `${await engine.empty()}_not`, 'the database does not exist'],
    ['not a URL', async () => `host=db password=${password}`, 'DATABASE_URL'],
    ['a password that is not encoded', async () => `postgres://u:${password}/x@127.0.0.1/x`, 'DATABASE_URL'],
  ])('is a clear error within 5 s at start: %s', async (_, location, words) => {
    const start = performance.now();
    const error: unknown = await engine.open(await location()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(words);
    expect(inspect(error, { depth: 9 })).not.toContain(password);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('a server that accepts connections but does not respond is an error within 5 s', async () => {
    const silent = createServer(() => {});
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    const start = performance.now();
    await expect(engine.open(`postgres://u:p@127.0.0.1:${port}/x`)).rejects.toThrow(
      'does not respond in time',
    );
    expect(performance.now() - start).toBeLessThan(5_000);
    silent.close();
  });
});

test('statements without a response fail, and their connections are replaced', async () => {
  const location = await engine.empty();
  const store = await engine.open(location);
  const { id } = await store.add(newCredential());
  const other = new pg.Client({ connectionString: location });
  await other.connect();
  await other.query('begin; lock table credentials in access exclusive mode');
  // One per connection of the store.
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

test('during an outage of the database reads work and changes fail; afterwards all work', async () => {
  const location = await engine.empty();
  const said: string[] = [];
  const note = (_fields: unknown, text?: string) => said.push(String(text ?? _fields));
  const store = await createCachedStore(await engine.open(location), {
    cipher,
    log: { info: note, warn: note },
  });
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

  await engine.server().halt();
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

  await engine.server().resume();
  // Another gateway reconnects first and changes something.
  const other = await engine.open(location);
  await other.rotateSecret(added.id, 'new');
  await until(async () => (await store.clientSecret(added.id)) === 'new', 4_000);
  await store.rename(added.id, 'works again');
  expect(await store.get(added.id)).toMatchObject({ nickname: 'works again' });
  await Promise.all([store.close(), other.close()]);
});
