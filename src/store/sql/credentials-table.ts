import { randomUUID } from 'node:crypto';
import { type Selectable, sql, type UpdateObject } from 'kysely';
import type { Cipher } from '../cipher.ts';
import type { Credential, CredentialPermissionCheck } from '../records.ts';
import type { GatewayStore } from '../store.ts';
import { NicknameTakenError, NotFoundError } from '../store-errors.ts';
import type { Database } from './database.ts';
import type { CredentialTable, Tables } from './tables.ts';
import { dateOf, nameOf, nicknameKey, notEmpty } from './values.ts';

type Credentials = Pick<
  GatewayStore,
  | 'list'
  | 'get'
  | 'clientSecret'
  | 'add'
  | 'rename'
  | 'rotateSecret'
  | 'savePermissions'
  | 'markRefused'
  | 'clearRefused'
  | 'remove'
>;

/** Reads and writes credentials with their sealed secrets. */
export function createCredentialsTable(database: Database, cipher: Cipher): Credentials {
  const seal = (id: string, secret: string) =>
    cipher.seal(notEmpty('clientSecret', secret), { purpose: 'client-secret', id });

  async function update(id: string, values: UpdateObject<Tables, 'credentials'>): Promise<Credential> {
    const row = await database.change(async (transaction) => {
      const query = transaction.updateTable('credentials').set(values).where('id', '=', id);
      const found = await query.returningAll().executeTakeFirst();
      if (!found) throw new NotFoundError('credential', id);
      return found;
    });
    return toCredential(row);
  }

  /** Maps a unique violation to NicknameTakenError: no other unique column can conflict. */
  async function withUniqueNickname<T>(nickname: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw database.engine.violation(error) === 'unique' ? new NicknameTakenError(nickname) : error;
    }
  }

  return {
    async list() {
      const rows = await database.run((db) =>
        db.selectFrom('credentials').selectAll().orderBy('position').execute(),
      );
      return rows.map(toCredential);
    },

    async get(id) {
      const row = await database.run((db) =>
        db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst(),
      );
      return row ? toCredential(row) : null;
    },

    async clientSecret(id) {
      const row = await database.run((db) =>
        db.selectFrom('credentials').select('sealed_secret').where('id', '=', id).executeTakeFirst(),
      );
      if (!row) throw new NotFoundError('credential', id);
      return cipher.open(row.sealed_secret, { purpose: 'client-secret', id });
    },

    async add({
      accountSid,
      clientId,
      clientSecret,
      kind = 'client_credentials',
      permissions = [],
      ...rest
    }) {
      const nickname = nameOf('nickname', rest.nickname);
      const id = randomUUID();
      const now = Date.now();
      const values = {
        id,
        nickname,
        nickname_key: nicknameKey(nickname),
        account_sid: notEmpty('accountSid', accountSid),
        client_id: notEmpty('clientId', clientId),
        kind,
        sealed_secret: seal(id, clientSecret),
        secret_version: 1,
        permissions: JSON.stringify(permissions),
        refused_at: null,
        refused_code: null,
        date_created: now,
        date_updated: now,
      };
      const row = await withUniqueNickname(nickname, () =>
        database.change((transaction) =>
          transaction.insertInto('credentials').values(values).returningAll().executeTakeFirstOrThrow(),
        ),
      );
      return toCredential(row);
    },

    async rename(id, text) {
      const nickname = nameOf('nickname', text);
      const values = { nickname, nickname_key: nicknameKey(nickname), date_updated: Date.now() };
      return withUniqueNickname(nickname, () => update(id, values));
    },

    rotateSecret: async (id, clientSecret) =>
      update(id, {
        sealed_secret: seal(id, clientSecret),
        secret_version: sql<number>`secret_version + 1`,
        refused_at: null,
        refused_code: null,
        date_updated: Date.now(),
      }),

    savePermissions: async (id, checks) => update(id, { permissions: JSON.stringify(checks) }),

    async markRefused(id, code, secretVersion) {
      await database.change(
        (transaction) =>
          transaction
            .updateTable('credentials')
            .set({ refused_at: Date.now(), refused_code: code })
            .where('id', '=', id)
            .where('refused_at', 'is', null)
            .$if(secretVersion !== undefined, (query) =>
              query.where('secret_version', '=', secretVersion ?? 0),
            )
            .executeTakeFirst(),
        ({ numUpdatedRows }) => numUpdatedRows > 0n,
      );
    },

    async clearRefused(id) {
      await database.change(
        (transaction) =>
          transaction
            .updateTable('credentials')
            .set({ refused_at: null, refused_code: null })
            .where('id', '=', id)
            .where('refused_at', 'is not', null)
            .executeTakeFirst(),
        ({ numUpdatedRows }) => numUpdatedRows > 0n,
      );
    },

    async remove(id) {
      await database.change(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('credentials')
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw new NotFoundError('credential', id);
        await transaction.deleteFrom('api_key_credentials').where('credential_id', '=', id).execute();
      });
    },
  };
}

export function toCredential(row: Selectable<CredentialTable>): Credential {
  const refusedAt = dateOf(row.refused_at);
  return {
    id: row.id,
    nickname: row.nickname,
    accountSid: row.account_sid,
    clientId: row.client_id,
    kind: row.kind,
    secretVersion: row.secret_version,
    permissions: parsePermissions(row.permissions),
    refused: refusedAt && { at: refusedAt, code: row.refused_code },
    dateCreated: new Date(row.date_created),
    dateUpdated: new Date(row.date_updated),
  };
}

type StoredCheck = Omit<CredentialPermissionCheck, 'checkedAt'> & { checkedAt: string };

function parsePermissions(json: string): CredentialPermissionCheck[] {
  const checks = JSON.parse(json) as StoredCheck[];
  return checks.map((check) => ({ ...check, checkedAt: new Date(check.checkedAt) }));
}
