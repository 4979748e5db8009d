import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCachedStore } from '../../src/store/cached-store.ts';
import type { GatewayStore } from '../../src/store/store.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { cipher, newCredential, newTokenHash, type TestEngine, until } from './test-engines.ts';

/** Tests of two gateways that share a database. */
export function sharingSuite(engine: TestEngine): void {
  describe('two gateways', () => {
    let location: string;
    let one: GatewayStore;
    let two: GatewayStore;
    const open = async () => createCachedStore(await engine.open(location), { cipher });

    beforeAll(async () => {
      location = await engine.empty();
      [one, two] = await Promise.all([open(), open()]);
    });
    afterAll(async () => {
      await Promise.all([one.close(), two.close()]);
    });

    test('a credential added by one is available at once there, and within 2 s on the other', async () => {
      const { id } = await one.add(newCredential({ clientSecret: 'shared' }));
      expect(await one.get(id)).not.toBeNull();
      expect(await one.clientSecret(id)).toBe('shared');
      await until(async () => (await two.get(id)) !== null, 2_000);
      expect(await two.clientSecret(id)).toBe('shared');
    });

    test('a secret rotated by one is used by the other within 2 s', async () => {
      const { id } = await one.add(newCredential());
      await until(async () => (await two.get(id)) !== null, 2_000);
      await two.rotateSecret(id, 'rotated');
      await until(async () => (await one.clientSecret(id)) === 'rotated', 2_000);
    });

    test('a key revoked by one is revoked for the other within 2 s', async () => {
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

    test('a document published by one is listed by the other within 2 s, and retired likewise', async () => {
      const document = { documentId: 'shared', name: 'Shared', text: 'query Shared { viewer { name } }' };
      const ids = async (store: GatewayStore) =>
        (await store.listDocuments()).map(({ documentId }) => documentId);
      const { added } = await one.publishDocuments([document], ['k1']);
      expect(added).toEqual([{ ...document, apiKeyIds: ['k1'], dateAdded: expect.any(Date) }]);
      expect(await ids(one)).toContain('shared');
      await until(async () => (await ids(two)).includes('shared'), 2_000);
      expect(await two.publishDocuments([document], ['k1'])).toMatchObject({ added: [], extended: [] });
      // Another key, and then every caller, changes neither the number of documents nor the newest.
      const keysAt = async (store: GatewayStore) =>
        (await store.listDocuments()).find(({ documentId }) => documentId === 'shared')?.apiKeyIds;
      await two.publishDocuments([document], ['k2']);
      await until(async () => (await keysAt(one))?.length === 2, 2_000);
      await two.publishDocuments([document], null);
      await until(async () => (await keysAt(one)) === null, 2_000);
      await two.retireDocuments(['shared']);
      await until(async () => !(await ids(one)).includes('shared'), 2_000);
    });

    test('a listener is called for changes by the other gateway until removed', async () => {
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

    test('only one of two concurrent additions gets the nickname', async () => {
      const nickname = 'wanted by both';
      const results = await Promise.allSettled([
        one.add(newCredential({ nickname })),
        two.add(newCredential({ nickname })),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('refreshes of a token are exclusive across gateways', async () => {
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

  describe('the refresh lock', () => {
    test('is renewed while its owner works, and expires when its owner is gone', async () => {
      const location = await engine.empty();
      const leases = { leaseMs: 600, waitMs: 400 };
      const [one, two] = await Promise.all([
        engine.open(location, { leases }),
        engine.open(location, { leases }),
      ]);
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const work = one.withRefreshLock('x', () => released);
      await sleep(800);
      await expect(two.withRefreshLock('x', async () => 'in')).rejects.toThrow(StoreUnavailableError);
      release();
      await work;
      expect(await two.withRefreshLock('x', async () => 'in')).toBe('in');

      const killed = `insert into leases values ('refresh y', 'a killed gateway', ${Date.now() + 200})`;
      await engine.execute(location, killed);
      expect(await two.withRefreshLock('y', async () => 'in').catch(() => 'waited')).toBe('in');
      await Promise.all([one.close(), two.close()]);
    });

    test('is released when the work fails', async () => {
      const store = await engine.open(await engine.empty());
      const fails = store.withRefreshLock('x', () => Promise.reject(new Error('refused')));
      await expect(fails).rejects.toThrow('refused');
      expect(await store.withRefreshLock('x', async () => 'in')).toBe('in');
      await store.close();
    });
  });
}
