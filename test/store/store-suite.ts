import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GatewayStore } from '../../src/store/store.ts';
import {
  DocumentConflictError,
  DocumentsFullError,
  InvalidValueError,
  NicknameTakenError,
  NotFoundError,
} from '../../src/store/store-errors.ts';
import { newCredential, type TestEngine } from './test-engines.ts';

/** Tests of credentials, for every engine. */
export function storeSuite(engine: TestEngine): void {
  let store: GatewayStore;
  beforeAll(async () => {
    store = await engine.open(await engine.empty());
  });
  afterAll(() => store.close());

  describe('published documents', () => {
    const document = (documentId: string, text = 'query A { viewer { name } }') => ({
      documentId,
      name: 'A',
      text,
    });
    const ids = async () => (await store.listDocuments()).map(({ documentId }) => documentId);

    test('are added and removed, all or none', async () => {
      await store.publishDocuments([document('b'), document('a'), document('b')], null);
      expect(await store.publishDocuments([document('a'), document('c')], null)).toMatchObject({
        added: [{ documentId: 'c' }],
        extended: [],
        unchanged: [{ documentId: 'a' }],
      });
      expect(await ids()).toEqual(['b', 'a', 'c']);
      const conflict = store.publishDocuments([document('d'), document('a', 'query A { node }')], null);
      await expect(conflict).rejects.toThrow(DocumentConflictError);
      await expect(store.retireDocuments(['a', 'd'])).rejects.toThrow(NotFoundError);
      expect(await ids()).toEqual(['b', 'a', 'c']);
      await store.retireDocuments(['a', 'b', 'a']);
      expect(await ids()).toEqual(['c']);
      await store.retireDocuments(['c']);
    });

    test('for keys: each publication adds its keys; one for every caller ends them', async () => {
      const keys = async () => (await store.listDocuments()).map(({ apiKeyIds }) => apiKeyIds);
      const both = [document('a'), document('b')];
      const first = await store.publishDocuments([document('a')], ['k2', 'k1', 'k2']);
      expect(first).toMatchObject({ added: [{ documentId: 'a', apiKeyIds: ['k1', 'k2'] }], extended: [] });
      expect(await store.publishDocuments(both, ['k3', 'k1'])).toMatchObject({
        added: [{ documentId: 'b', apiKeyIds: ['k1', 'k3'] }],
        extended: [{ documentId: 'a', apiKeyIds: ['k1', 'k2', 'k3'] }],
        unchanged: [],
      });
      expect(await store.publishDocuments(both, ['k1'])).toMatchObject({ added: [], extended: [] });
      expect(await keys()).toEqual([
        ['k1', 'k2', 'k3'],
        ['k1', 'k3'],
      ]);
      expect(await store.publishDocuments([document('a')], null)).toMatchObject({
        extended: [{ documentId: 'a', apiKeyIds: null }],
      });
      expect(await store.publishDocuments([document('a')], ['k1'])).toMatchObject({
        extended: [],
        unchanged: [{ documentId: 'a', apiKeyIds: null }],
      });
      expect(await keys()).toEqual([null, ['k1', 'k3']]);
      // A document's keys end with it.
      await store.retireDocuments(['a', 'b']);
      await store.publishDocuments(both, ['k9']);
      expect(await keys()).toEqual([['k9'], ['k9']]);
      await store.retireDocuments(['a', 'b']);
    });

    test('are limited in the number of keys', async () => {
      const many = Array.from({ length: 201 }, (_, index) => document(`n${index}`));
      const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
      await expect(store.publishDocuments(many, keys)).rejects.toMatchObject({
        name: 'DocumentsFullError',
        measure: 'keys',
      });
      expect(await ids()).toEqual([]);
    });

    test('of two that extend one at once, both succeed', async () => {
      await store.publishDocuments([document('same')], ['k0']);
      await Promise.all(['k1', 'k2'].map((key) => store.publishDocuments([document('same')], [key])));
      expect(await store.listDocuments()).toMatchObject([{ apiKeyIds: ['k0', 'k1', 'k2'] }]);
      await store.retireDocuments(['same']);
    });

    test('of two that publish different texts under one id at once, one succeeds', async () => {
      const results = await Promise.allSettled([
        store.publishDocuments([document('same', 'one')], null),
        store.publishDocuments([document('same', 'two')], null),
      ]);
      const rejected = results.filter((one) => one.status === 'rejected');
      expect(rejected.map(({ reason }) => reason)).toEqual([expect.any(DocumentConflictError)]);
      await store.retireDocuments(['same']);
    });

    test('are limited in number', async () => {
      const many = Array.from({ length: 2_000 }, (_, index) => document(`n${index}`));
      await store.publishDocuments(many, null);
      await expect(store.publishDocuments([document('more')], null)).rejects.toThrow(DocumentsFullError);
      expect(await ids()).toHaveLength(2_000);
      await store.retireDocuments(many.map(({ documentId }) => documentId));
    });

    test('are limited in size', async () => {
      const large = 'x'.repeat(9 * 1024 * 1024);
      await store.publishDocuments([document('large', large)], null);
      await expect(store.publishDocuments([document('second', large)], null)).rejects.toThrow(
        DocumentsFullError,
      );
      expect(await ids()).toEqual(['large']);
      await store.retireDocuments(['large']);
    });
  });

  describe('credentials', () => {
    test('an added credential survives a reopening', async () => {
      const location = await engine.empty();
      const first = await engine.open(location);
      const checkedAt = new Date('2026-01-02T03:04:05.678Z');
      const input = newCredential({
        nickname: '  Café ☕ ',
        kind: 'authorization_code',
        permissions: [{ permission: 'MESSAGES_LIST', granted: true, checkedAt }],
      });
      const added = await first.add(input);
      const other = await first.add(newCredential());
      await first.close();

      const again = await engine.open(location);
      expect(added).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        nickname: 'Café ☕',
        accountSid: input.accountSid,
        clientId: input.clientId,
        kind: 'authorization_code',
        secretVersion: 1,
        permissions: [{ permission: 'MESSAGES_LIST', granted: true, checkedAt }],
        refused: null,
        dateCreated: expect.any(Date),
        dateUpdated: added.dateCreated,
      });
      expect(await again.list()).toEqual([added, other]);
      expect(await again.get(added.id)).toEqual(added);
      expect(await again.clientSecret(added.id)).toBe(input.clientSecret);
      await again.close();
    });

    test.each(['prod', 'PROD', ' Prod '])('a nickname that is taken is rejected: %j', async (nickname) => {
      const taken = (await store.list()).find((one) => one.nickname === 'Prod');
      if (!taken) await store.add(newCredential({ nickname: 'Prod' }));
      const other = await store.add(newCredential());
      await expect(store.add(newCredential({ nickname }))).rejects.toThrow(NicknameTakenError);
      await expect(store.rename(other.id, nickname)).rejects.toThrow(NicknameTakenError);
      expect(await store.get(other.id)).toEqual(other);
    });

    test('a renamed credential keeps its id and frees its old nickname', async () => {
      const { id, nickname } = await store.add(newCredential());
      expect(await store.rename(id, 'renamed')).toMatchObject({ id, nickname: 'renamed' });
      expect(await store.rename(id, 'Renamed')).toMatchObject({ id, nickname: 'Renamed' });
      expect(await store.add(newCredential({ nickname }))).toMatchObject({ nickname });
    });

    test.each([
      ['nickname', { nickname: ' ' }],
      ['nickname', { nickname: 'x'.repeat(65) }],
      ['nickname', { nickname: 'a\u0000b' }],
      ['accountSid', { accountSid: '' }],
      ['clientId', { clientId: '' }],
      ['clientSecret', { clientSecret: ' ' }],
    ])('an invalid %s is rejected: %j', async (field, values) => {
      const before = await store.list();
      await expect(store.add(newCredential(values))).rejects.toMatchObject({
        name: 'InvalidValueError',
        field,
      });
      expect(await store.list()).toEqual(before);
    });

    test('64 characters outside the Basic Multilingual Plane are a valid nickname', async () => {
      const nickname = '🐘'.repeat(64);
      expect(await store.add(newCredential({ nickname }))).toMatchObject({ nickname });
    });

    test("a rotation replaces the secret, increments its version and clears Twilio's refusal", async () => {
      const { id, accountSid } = await store.add(newCredential());
      await store.markRefused(id, 322402);
      const rotated = await store.rotateSecret(id, 'new secret');
      expect(rotated).toMatchObject({ id, accountSid, secretVersion: 2, refused: null });
      expect(await store.clientSecret(id)).toBe('new secret');
      await expect(store.rotateSecret(id, '')).rejects.toThrow(InvalidValueError);
      expect(await store.clientSecret(id)).toBe('new secret');
    });

    test("Twilio's refusal stays until cleared, and does not apply to a later secret", async () => {
      const { id } = await store.add(newCredential());
      await store.markRefused(id, null);
      const refused = (await store.get(id))?.refused;
      expect(refused).toEqual({ at: expect.any(Date), code: null });
      await store.markRefused(id, 322402);
      expect((await store.get(id))?.refused).toEqual(refused);
      await store.clearRefused(id);
      expect((await store.get(id))?.refused).toBeNull();

      await store.rotateSecret(id, 'new secret');
      await store.markRefused(id, 322402, 1);
      expect((await store.get(id))?.refused).toBeNull();
      await store.markRefused(id, 322402, 2);
      expect((await store.get(id))?.refused).toEqual({ at: expect.any(Date), code: 322402 });
    });

    test('permissions are replaced completely', async () => {
      const checkedAt = new Date();
      const { id } = await store.add(
        newCredential({ permissions: [{ permission: 'ACCOUNTS_READ', granted: true, checkedAt }] }),
      );
      const checks = [{ permission: 'MESSAGES_READ', granted: false, checkedAt }] as const;
      expect(await store.savePermissions(id, checks)).toMatchObject({ permissions: checks });
    });

    test('an unknown id is an error', async () => {
      const id = crypto.randomUUID();
      expect(await store.get(id)).toBeNull();
      for (const attempt of [
        () => store.clientSecret(id),
        () => store.rename(id, 'nobody'),
        () => store.rotateSecret(id, 'x'),
        () => store.savePermissions(id, []),
        () => store.remove(id),
        () => store.saveRefreshToken(id, 'x'),
        () => store.revokeApiKey(id),
      ]) {
        await expect(attempt()).rejects.toThrow(NotFoundError);
      }
      await store.markRefused(id, 1);
      await store.clearRefused(id);
    });

    test('a listener is called for each effective change', async () => {
      let heard = 0;
      const stop = store.onChange(() => {
        heard += 1;
      });
      // Excludes a call by the first poll.
      await store.ping();
      heard = 0;
      const { id } = await store.add(newCredential());
      expect(heard).toBe(1);
      await store.markRefused(id, 1);
      expect(heard).toBe(2);
      await store.markRefused(id, 1);
      expect(heard).toBe(2);
      stop();
      await store.remove(id);
      expect(heard).toBe(2);
    });
  });
}
