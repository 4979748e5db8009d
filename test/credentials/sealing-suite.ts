import { describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/credentials/cached-store.ts';
import { type Cipher, createMissingCipher } from '../../src/credentials/cipher.ts';
import {
  EncryptionKeyMissingError,
  SchemaTooNewError,
  SealError,
  WrongEncryptionKeyError,
} from '../../src/credentials/store-errors.ts';
import { cipherOf, type Home, KEY, newCredential, newTokenHash, OTHER_KEY, until } from './homes.ts';

/** What somebody finds, and can do, who has the database but not the keys. */
export function sealingSuite(home: Home): void {
  describe('sealing', () => {
    test('planted secrets are nowhere in the files of the database', async () => {
      const place = await home.empty();
      const store = await home.open(place);
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
      const running = await home.bytes(place);
      await store.close();
      for (const bytes of [running, await home.bytes(place)]) {
        expect(bytes.includes('PLANTED-nickname')).toBe(true);
        expect(secrets.filter((planted) => bytes.includes(planted))).toEqual([]);
      }
    });

    test('a changed value, or one moved from another record, does not open', async () => {
      const place = await home.empty();
      const store = await home.open(place);
      const [one, two] = [await store.add(newCredential()), await store.add(newCredential())];
      await home.execute(
        place,
        `update credentials set sealed_secret =
         (select sealed_secret from credentials where id = '${two.id}') where id = '${one.id}'`,
      );
      await expect(store.clientSecret(one.id)).rejects.toMatchObject({
        name: 'SealError',
        reason: 'tampered',
      });
      expect(await store.clientSecret(two.id)).toMatch(/^secret/);
      await home.execute(place, `update credentials set sealed_secret = 'clear' where id = '${one.id}'`);
      await expect(store.clientSecret(one.id)).rejects.toMatchObject({
        name: 'SealError',
        reason: 'malformed',
      });
      await store.close();
    });

    test('resealing makes the old key needless, and loses nothing', async () => {
      const place = await home.empty();
      const old = await home.open(place, { cipher: cipherOf(KEY) });
      const { id } = await old.add(newCredential({ clientSecret: 'kept' }));
      await old.saveRefreshToken(id, 'token');
      const flow = { state: 's', codeVerifier: 'v', nickname: 'n', details: {} };
      await old.saveState({ ...flow, dateExpires: new Date(Date.now() + 60_000) });
      await old.close();

      const both = await home.open(place, { cipher: cipherOf(`${OTHER_KEY},${KEY}`) });
      await both.add(newCredential());
      expect(await both.reseal()).toBe(3);
      expect(await both.reseal()).toBe(0);
      await both.close();

      const renewed = await home.open(place, { cipher: cipherOf(OTHER_KEY) });
      expect(await renewed.clientSecret(id)).toBe('kept');
      expect(await renewed.refreshToken(id)).toBe('token');
      expect(await renewed.takeState('s')).toMatchObject(flow);
      await renewed.close();
    });

    test('resealing changes nothing when one value does not open', async () => {
      const place = await home.empty();
      const old = await home.open(place, { cipher: cipherOf(KEY) });
      const { id } = await old.add(newCredential({ clientSecret: 'kept' }));
      const { id: broken } = await old.add(newCredential());
      await home.execute(place, `update credentials set sealed_secret = 'x' where id = '${broken}'`);
      const both = await home.open(place, { cipher: cipherOf(`${OTHER_KEY},${KEY}`) });
      await expect(both.reseal()).rejects.toThrow(SealError);
      expect(await old.clientSecret(id)).toBe('kept');
      await Promise.all([old.close(), both.close()]);
    });

    test('a wrong key, or none, is noticed before a secret is wanted', async () => {
      const place = await home.empty();
      const open = async (cipher: Cipher) =>
        createCachedStore(await home.open(place, { cipher }), { cipher });
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
      // The one that lacks a key hears of what the other seals with it.
      await both.add(newCredential());
      const problem = () => old.ping().then(() => '', String);
      await until(async () => /1 of 2 stored/.test(await problem()));
      await both.reseal();
      await until(async () => /2 of 2 stored/.test(await problem()));
      await Promise.all([old.close(), both.close()]);
    });

    test('a value that no key opens is not taken for a wrong key', async () => {
      const place = await home.empty();
      const store = await home.open(place);
      const { id } = await store.add(newCredential());
      await home.execute(place, `update credentials set sealed_secret = 'clear' where id = '${id}'`);
      const cached = await createCachedStore(store, { cipher: cipherOf(KEY) });
      await cached.ping();
      await expect(cached.clientSecret(id)).rejects.toMatchObject({ reason: 'malformed' });
      await cached.close();
    });

    test('without a key nothing secret is stored, and the rest works', async () => {
      const store = await home.open(await home.empty(), { cipher: createMissingCipher() });
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

  test('a database of a newer version is left alone', async () => {
    const place = await home.empty();
    await (await home.open(place)).close();
    await home.execute(place, 'insert into schema_migrations values (99, 0)');
    await expect(home.open(place)).rejects.toThrow(SchemaTooNewError);
  });
}
