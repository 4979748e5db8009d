import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/credentials/cached-store.ts';
import type { GatewayStore } from '../../src/credentials/store.ts';
import { StoreUnavailableError } from '../../src/credentials/store-errors.ts';
import { cipher, type Home, newCredential, newTokenHash, until } from './homes.ts';

/** What two gateways on one database see of each other. */
export function sharingSuite(home: Home): void {
  describe('two gateways', () => {
    let place: string;
    let one: GatewayStore;
    let two: GatewayStore;
    const open = async () => createCachedStore(await home.open(place), { cipher });

    beforeAll(async () => {
      place = await home.empty();
      [one, two] = await Promise.all([open(), open()]);
    });
    afterAll(async () => {
      await Promise.all([one.close(), two.close()]);
    });

    test('a credential added on one is there on the other within 2 s, and on its own at once', async () => {
      const { id } = await one.add(newCredential({ clientSecret: 'shared' }));
      expect(await one.get(id)).not.toBeNull();
      expect(await one.clientSecret(id)).toBe('shared');
      await until(async () => (await two.get(id)) !== null, 2_000);
      expect(await two.clientSecret(id)).toBe('shared');
    });

    test('a secret rotated on one is used on the other within 2 s', async () => {
      const { id } = await one.add(newCredential());
      await until(async () => (await two.get(id)) !== null, 2_000);
      await two.rotateSecret(id, 'rotated');
      await until(async () => (await one.clientSecret(id)) === 'rotated', 2_000);
    });

    test('a key revoked on one is gone on the other within 2 s', async () => {
      const tokenHash = newTokenHash();
      const key = {
        name: 'dashboard',
        role: 'READER',
        tokenHash,
        credentialIds: [],
        dateExpires: null,
      } as const;
      const { id } = await one.addApiKey(key);
      await until(async () => (await two.findApiKeyByHash(tokenHash)) !== null, 2_000);
      await two.revokeApiKey(id);
      expect(await two.findApiKeyByHash(tokenHash)).toBeNull();
      await until(async () => (await one.findApiKeyByHash(tokenHash)) === null, 2_000);
      expect(await one.isApiKeyRevoked(tokenHash)).toBe(true);
    });

    test('a listener hears of changes made elsewhere, until it is taken away', async () => {
      let heard = 0;
      const stop = two.onChange(() => {
        heard += 1;
      });
      await one.add(newCredential());
      await until(async () => heard > 0, 2_000);
      stop();
      const before = heard;
      const { id } = await one.add(newCredential());
      await until(async () => (await two.get(id)) !== null, 2_000);
      expect(heard).toBe(before);
    });

    test('of two that want one nickname at once, one gets it', async () => {
      const nickname = 'wanted by both';
      const results = await Promise.allSettled([
        one.add(newCredential({ nickname })),
        two.add(newCredential({ nickname })),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('only one at a time refreshes a token, whichever gateway asks', async () => {
      const { id } = await one.add(newCredential({ kind: 'authorization_code' }));
      await one.saveRefreshToken(id, '0');
      let inside = 0;
      const refresh = (store: GatewayStore) =>
        store.withRefreshLock(id, async () => {
          inside += 1;
          expect(inside).toBe(1);
          const token = Number(await store.refreshToken(id));
          await sleep(5);
          await store.saveRefreshToken(id, String(token + 1));
          inside -= 1;
        });
      await Promise.all([one, two, one, two, one, two].map(refresh));
      expect(await two.refreshToken(id)).toBe('6');
    });
  });

  describe('the lock of a refresh', () => {
    test('outlives its first lease while the work goes on, and runs out when its owner is gone', async () => {
      const place = await home.empty();
      const leases = { leaseMs: 600, waitMs: 400 };
      const [one, two] = await Promise.all([home.open(place, { leases }), home.open(place, { leases })]);
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const work = one.withRefreshLock('x', () => released);
      await sleep(800);
      await expect(two.withRefreshLock('x', async () => 'in')).rejects.toThrow(StoreUnavailableError);
      release();
      await work;
      expect(await two.withRefreshLock('x', async () => 'in')).toBe('in');

      const killed = `insert into leases values ('refresh y', 'a killed gateway', ${Date.now() + 200})`;
      await home.execute(place, killed);
      expect(await two.withRefreshLock('y', async () => 'in').catch(() => 'waited')).toBe('in');
      await Promise.all([one.close(), two.close()]);
    });

    test('is given back when the work fails', async () => {
      const store = await home.open(await home.empty());
      const fails = store.withRefreshLock('x', () => Promise.reject(new Error('refused')));
      await expect(fails).rejects.toThrow('refused');
      expect(await store.withRefreshLock('x', async () => 'in')).toBe('in');
      await store.close();
    });
  });
}
