import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditFilter } from '../../src/store/records.ts';
import { type GatewayStore, MAX_SESSIONS } from '../../src/store/store.ts';
import { InvalidValueError, NotFoundError } from '../../src/store/store-errors.ts';
import { newCredential, newTokenHash, type TestEngine } from './test-engines.ts';

/** Tests of API keys, page sessions, the audit log and OAuth's grants, for every engine. */
export function keysSuite(engine: TestEngine): void {
  let location: string;
  let store: GatewayStore;
  beforeAll(async () => {
    location = await engine.empty();
    store = await engine.open(location);
  });
  afterAll(() => store.close());

  /** Reverts the schema to version 1, and removes the marker. */
  async function toSchemaVersion1(location: string): Promise<void> {
    for (const statement of [
      'drop table trusted_document_keys',
      'drop table trusted_documents',
      'drop index audit_log_at',
      'drop index audit_log_action',
      'drop index audit_log_actor',
      'alter table api_keys drop column field_policy',
      'drop table page_sessions',
      'drop table milestones',
      'delete from schema_migrations where version > 1',
    ]) {
      await engine.execute(location, statement);
    }
    await engine.forgetMarker(location);
  }

  describe('API keys', () => {
    const reader = (credentialIds: string[] = []) =>
      ({
        name: 'dashboard',
        role: 'READER',
        tokenHash: newTokenHash(),
        credentialIds,
        dateExpires: null,
      }) as const;

    test('a key is found by its hash and listed until revoked', async () => {
      const credential = await store.add(newCredential());
      const dateExpires = new Date(Date.now() - 1_000);
      const input = { ...reader([credential.id]), dateExpires };
      const key = await store.addApiKey(input);
      expect(key).toEqual({
        id: expect.any(String),
        name: 'dashboard',
        role: 'READER',
        credentialIds: [credential.id],
        fieldPolicy: { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' },
        dateCreated: expect.any(Date),
        dateExpires,
        dateLastUsed: null,
      });
      expect(await store.findApiKeyByHash(input.tokenHash)).toEqual(key);
      expect(await store.listApiKeys()).toContainEqual(key);
      expect(await store.isApiKeyRevoked(input.tokenHash)).toBe(false);

      await store.revokeApiKey(key.id);
      expect(await store.findApiKeyByHash(input.tokenHash)).toBeNull();
      expect(await store.isApiKeyRevoked(input.tokenHash)).toBe(true);
      expect(await store.listApiKeys()).not.toContainEqual(key);
      await expect(store.revokeApiKey(key.id)).rejects.toThrow(NotFoundError);
    });

    test('removing a credential removes it from every key, and its refresh token', async () => {
      const [kept, gone] = [await store.add(newCredential()), await store.add(newCredential())];
      await store.saveRefreshToken(gone.id, 'token');
      const input = reader([kept.id, gone.id]);
      await store.addApiKey(input);
      await store.remove(gone.id);
      expect(await store.findApiKeyByHash(input.tokenHash)).toMatchObject({ credentialIds: [kept.id] });
      expect(await store.refreshToken(gone.id)).toBeNull();
      expect(await store.get(gone.id)).toBeNull();
    });

    test('an invalid key is rejected completely', async () => {
      const { id } = await store.add(newCredential());
      const input = reader([id, crypto.randomUUID()]);
      await expect(store.addApiKey(input)).rejects.toThrow(NotFoundError);
      expect(await store.findApiKeyByHash(input.tokenHash)).toBeNull();
      await expect(store.addApiKey({ ...reader(), tokenHash: 'clear text' })).rejects.toThrow(
        InvalidValueError,
      );
      await expect(store.addApiKey({ ...reader(), name: '' })).rejects.toThrow(InvalidValueError);
    });

    test('hasHadAdminKey stays true after an ADMIN key was revoked or deleted; a READER key does not count', async () => {
      const location = await engine.empty();
      const first = await engine.open(location);
      await first.addApiKey(reader());
      expect(await first.hasHadAdminKey()).toBe(false);
      const { id } = await first.addApiKey({ ...reader(), role: 'ADMIN', dateExpires: new Date(0) });
      expect(await first.hasHadAdminKey()).toBe(true);
      await first.revokeApiKey(id);
      expect(await first.hasHadAdminKey()).toBe(true);
      await engine.execute(location, 'delete from api_keys');
      expect(await first.hasHadAdminKey()).toBe(true);
      await first.close();

      const again = await engine.open(location);
      expect(await again.hasHadAdminKey()).toBe(true);
      expect((await again.snapshot()).hadAdminKey).toBe(true);
      await again.close();
    });

    test('hasHadAdminKey includes revoked and expired keys of an older version', async () => {
      const location = await engine.empty();
      const before = await engine.open(location);
      const { id } = await before.addApiKey({ ...reader(), role: 'ADMIN', dateExpires: new Date(0) });
      await before.revokeApiKey(id);
      await before.close();
      await toSchemaVersion1(location);
      const after = await engine.open(location);
      expect(await after.hasHadAdminKey()).toBe(true);
      await after.close();
    });

    test('the last uses of many keys are stored together', async () => {
      const [one, two, three] = [reader(), reader(), reader()];
      const ids = [await store.addApiKey(one), await store.addApiKey(two), await store.addApiKey(three)];
      const used = new Date('2026-05-06T07:08:09.123Z');
      const later = new Date('2026-05-06T07:08:10Z');
      await store.touchApiKeys(
        new Map([
          [ids[0]?.id ?? '', used],
          [ids[1]?.id ?? '', later],
          [crypto.randomUUID(), later],
        ]),
      );
      await store.touchApiKeys(new Map());
      await store.touchApiKeys(new Map([[ids[1]?.id ?? '', later]]));
      const lastUsed = async (hash: string) => (await store.findApiKeyByHash(hash))?.dateLastUsed;
      expect(await lastUsed(one.tokenHash)).toEqual(used);
      expect(await lastUsed(two.tokenHash)).toEqual(later);
      expect(await lastUsed(three.tokenHash)).toBeNull();
    });
  });

  describe('page sessions', () => {
    const session = (id: string, at: number) => ({
      id,
      dateCreated: new Date(at),
      dateExpires: new Date(at + 1_000),
    });

    test('are shared by all gateways and survive a restart, until they end', async () => {
      const location = await engine.empty();
      const [one, two] = await Promise.all([engine.open(location), engine.open(location)]);
      await one.addSession(session('a', 0));
      await two.addSession(session('b', 0));
      expect(await two.hasSession('a')).toBe(true);
      await two.endSession('a');
      await two.endSession('a');
      expect(await one.hasSession('a')).toBe(false);
      await Promise.all([one.close(), two.close()]);

      const again = await engine.open(location);
      expect([await again.hasSession('a'), await again.hasSession('b')]).toEqual([false, true]);
      await again.close();
    });

    test('are deleted after their expiry; the oldest ends when there are too many', async () => {
      const location = await engine.empty();
      const own = await engine.open(location);
      await own.addSession(session('expired', 0));
      await own.addSession(session('oldest', 2_000));
      await own.addSession(session('second', 2_001));
      expect(await own.hasSession('expired')).toBe(false);
      await engine.execute(
        location,
        `insert into page_sessions (id, date_created, date_expires)
         with recursive n(i) as (select 2 union all select i + 1 from n where i < ${MAX_SESSIONS - 1})
         select cast(i as text), 2002, 3002 from n`,
      );
      expect(await own.hasSession('oldest')).toBe(true);
      await own.addSession(session('newest', 2_003));
      expect(await engine.execute(location, 'select id from page_sessions')).toHaveLength(MAX_SESSIONS);
      expect(await own.hasSession('oldest')).toBe(false);
      expect(await own.hasSession('second')).toBe(true);
      expect(await own.hasSession('newest')).toBe(true);
      await own.close();
    });
  });

  describe('audit', () => {
    const entry = (action: string) => ({
      at: new Date(),
      actor: 'admin',
      action,
      target: null,
      origin: '127.0.0.1',
      detail: { nickname: 'Prod' },
    });

    test('entries are listed newest first, in pages', async () => {
      const entries = ['first', 'second', 'third'].map(entry);
      for (const one of entries) await store.appendAudit(one);
      const page = await store.listAudit({ limit: 2 });
      expect(page).toMatchObject([entries[2] ?? {}, entries[1] ?? {}]);
      const rest = await store.listAudit({ limit: 1, before: page[1]?.id ?? 0 });
      expect(rest).toMatchObject([entries[0] ?? {}]);
    });

    test('entries are filtered by actor, action and time', async () => {
      for (const [index, actor] of ['anna', 'ben', 'anna'].entries()) {
        await store.appendAudit({ ...entry(`filtered.${index}`), actor, at: new Date(index * 1_000) });
      }
      const list = async (filter: AuditFilter) =>
        (await store.listAudit({ limit: 100, ...filter })).map(({ action }) => action);
      expect(await list({ actor: 'anna' })).toEqual(['filtered.2', 'filtered.0']);
      expect(await list({ action: 'filtered.1' })).toEqual(['filtered.1']);
      expect(await list({ since: new Date(1_000), until: new Date(2_000) })).toEqual([
        'filtered.2',
        'filtered.1',
      ]);
      expect(await list({ actor: 'ben', until: new Date(999) })).toEqual([]);
    });

    test.each(["update audit_log set actor = 'nobody'", 'delete from audit_log'])(
      'the database itself rejects: %s',
      async (statement) => {
        await store.appendAudit(entry('kept'));
        const before = await store.listAudit({ limit: 100 });
        await expect(engine.execute(location, statement)).rejects.toThrow('append-only');
        expect(await store.listAudit({ limit: 100 })).toEqual(before);
      },
    );
  });

  describe('authorization code', () => {
    const later = () => new Date(Date.now() + 60_000);

    test('a refresh token is replaced', async () => {
      const { id } = await store.add(newCredential({ kind: 'authorization_code' }));
      expect(await store.refreshToken(id)).toBeNull();
      await store.saveRefreshToken(id, 'one');
      await store.saveRefreshToken(id, 'two');
      expect(await store.refreshToken(id)).toBe('two');
    });

    test('a state can be taken once, also concurrently', async () => {
      const state = {
        state: 'random',
        codeVerifier: 'verifier',
        nickname: 'Org',
        dateExpires: later(),
        details: { clientId: 'OQ1' },
      };
      await store.saveState(state);
      expect(await store.takeState('another')).toBeNull();
      const taken = await Promise.all([store.takeState('random'), store.takeState('random')]);
      expect(taken.filter((one) => one !== null)).toEqual([state]);
      expect(await store.takeState('random')).toBeNull();
    });

    test('an expired state cannot be taken', async () => {
      const state = { state: 'late', codeVerifier: 'v', nickname: 'Org', details: {} };
      await store.saveState({ ...state, dateExpires: new Date(Date.now() - 1) });
      expect(await store.takeState('late')).toBeNull();
    });
  });
}
