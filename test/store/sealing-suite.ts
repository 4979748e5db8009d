import { describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { type Cipher, createMissingCipher } from '../../src/store/cipher.ts';
import {
  EncryptionKeyMissingError,
  SchemaTooNewError,
  SealError,
  WrongEncryptionKeyError,
} from '../../src/store/store-errors.ts';
import {
  cipherOf,
  KEY,
  newCredential,
  newTokenHash,
  OTHER_KEY,
  type TestEngine,
  until,
} from './test-engines.ts';

/** Tests of sealing: what an attacker with the database but without the keys can read and do. */
export function sealingSuite(engine: TestEngine): void {
  describe('sealing', () => {
    test('the files of the database contain no secret', async () => {
      const location = await engine.empty();
      const store = await engine.open(location);
      const secrets = ['secret', 'rotated', 'refresh', 'state', 'verifier', 'flow-secret'].map(
        (word) => `PLANTED-${word}-7f3a`,
      );
      const [secret = '', rotated = '', refresh = '', state = '', codeVerifier = '', flowSecret = ''] =
        secrets;
      const { id } = await store.add(newCredential({ nickname: 'PLANTED-nickname', clientSecret: secret }));
      await store.rotateSecret(id, rotated);
      await store.saveRefreshToken(id, refresh);
      const dateExpires = new Date(Date.now() + 60_000);
      await store.saveState({
        state,
        codeVerifier,
        nickname: 'x',
        dateExpires,
        details: { secret: flowSecret },
      });
      const running = await engine.bytes(location);
      await store.close();
      for (const bytes of [running, await engine.bytes(location)]) {
        expect(bytes.includes('PLANTED-nickname')).toBe(true);
        expect(secrets.filter((planted) => bytes.includes(planted))).toEqual([]);
      }
    });

    test('an altered value, or one of another record, does not open', async () => {
      const location = await engine.empty();
      const store = await engine.open(location);
      const [one, two] = [await store.add(newCredential()), await store.add(newCredential())];
      await engine.execute(
        location,
        `update credentials set sealed_secret =
         (select sealed_secret from credentials where id = '${two.id}') where id = '${one.id}'`,
      );
      await expect(store.clientSecret(one.id)).rejects.toMatchObject({
        name: 'SealError',
        reason: 'tampered',
      });
      expect(await store.clientSecret(two.id)).toMatch(/^secret/);
      await engine.execute(location, `update credentials set sealed_secret = 'clear' where id = '${one.id}'`);
      await expect(store.clientSecret(one.id)).rejects.toMatchObject({
        name: 'SealError',
        reason: 'malformed',
      });
      await store.close();
    });

    test('after resealing, everything opens without the old key', async () => {
      const location = await engine.empty();
      const old = await engine.open(location, { cipher: cipherOf(KEY) });
      const { id } = await old.add(newCredential({ clientSecret: 'kept' }));
      await old.saveRefreshToken(id, 'token');
      const flow = { state: 's', codeVerifier: 'v', nickname: 'n', details: {} };
      await old.saveState({ ...flow, dateExpires: new Date(Date.now() + 60_000) });
      await old.close();

      const both = await engine.open(location, { cipher: cipherOf(`${OTHER_KEY},${KEY}`) });
      await both.add(newCredential());
      expect(await both.reseal()).toBe(3);
      expect(await both.reseal()).toBe(0);
      await both.close();

      const renewed = await engine.open(location, { cipher: cipherOf(OTHER_KEY) });
      expect(await renewed.clientSecret(id)).toBe('kept');
      expect(await renewed.refreshToken(id)).toBe('token');
      expect(await renewed.takeState('s')).toMatchObject(flow);
      await renewed.close();
    });

    test('resealing changes nothing when one value does not open', async () => {
      const location = await engine.empty();
      const old = await engine.open(location, { cipher: cipherOf(KEY) });
      const { id } = await old.add(newCredential({ clientSecret: 'kept' }));
      const { id: broken } = await old.add(newCredential());
      await engine.execute(location, `update credentials set sealed_secret = 'x' where id = '${broken}'`);
      const both = await engine.open(location, { cipher: cipherOf(`${OTHER_KEY},${KEY}`) });
      await expect(both.reseal()).rejects.toThrow(SealError);
      expect(await old.clientSecret(id)).toBe('kept');
      await Promise.all([old.close(), both.close()]);
    });

    test('ping detects a wrong or missing key', async () => {
      const location = await engine.empty();
      const open = async (cipher: Cipher) =>
        createCachedStore(await engine.open(location, { cipher }), { cipher });
      const old = await open(cipherOf(KEY));
      await old.ping();
      await old.add(newCredential());
      await old.ping();
      for (const cipher of [cipherOf(OTHER_KEY), createMissingCipher()]) {
        const store = await open(cipher);
        await expect(store.ping()).rejects.toThrow(WrongEncryptionKeyError);
        await expect(store.ping()).rejects.toThrow(
          /^1 of 1 stored .* GATEWAY_ENCRYPTION_KEYS\. Add that key/,
        );
        await store.close();
      }
      const both = await open(cipherOf(`${OTHER_KEY},${KEY}`));
      await both.ping();
      // The gateway without the new key notices values sealed with it.
      await both.add(newCredential());
      const problem = () => old.ping().then(() => '', String);
      await until(async () => /1 of 2 stored/.test(await problem()));
      await both.reseal();
      await until(async () => /2 of 2 stored/.test(await problem()));
      await Promise.all([old.close(), both.close()]);
    });

    test('a malformed value is not reported as a wrong key', async () => {
      const location = await engine.empty();
      const store = await engine.open(location);
      const { id } = await store.add(newCredential());
      await engine.execute(location, `update credentials set sealed_secret = 'clear' where id = '${id}'`);
      const cached = await createCachedStore(store, { cipher: cipherOf(KEY) });
      await cached.ping();
      await expect(cached.clientSecret(id)).rejects.toMatchObject({ reason: 'malformed' });
      await cached.close();
    });

    test('without a key, only secrets cannot be stored', async () => {
      const store = await engine.open(await engine.empty(), { cipher: createMissingCipher() });
      await expect(store.add(newCredential())).rejects.toThrow(EncryptionKeyMissingError);
      expect(await store.list()).toEqual([]);
      const key = {
        name: 'k',
        role: 'ADMIN',
        tokenHash: newTokenHash(),
        credentialIds: [],
        dateExpires: null,
      } as const;
      expect(await store.addApiKey(key)).toMatchObject({ role: 'ADMIN' });
      await store.close();
    });
  });

  test('a database of a newer version is rejected', async () => {
    const location = await engine.empty();
    await (await engine.open(location)).close();
    await engine.execute(location, 'insert into schema_migrations values (99, 0)');
    await expect(engine.open(location)).rejects.toThrow(SchemaTooNewError);
  });
}
