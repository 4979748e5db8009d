import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type FieldPolicy, isMasking, readFieldPolicy, SHOW_ALL } from '../../policy/field-policy.ts';
import { isSid, SID_PREFIX } from '../../twilio/sid.ts';
import type { ApiKey } from '../records.ts';
import type { ApiKeyStore } from '../store.ts';
import { InvalidValueError, NotFoundError } from '../store-errors.ts';
import type { Database, Engine } from './database.ts';
import type { ApiKeyTable, Tables } from './tables.ts';
import { dateOf, nameOf } from './values.ts';

/** Reads and writes API keys. Revoked ones stay in the table for the audit log, but are never returned. */
export function createApiKeysTable(database: Database): ApiKeyStore {
  return {
    async addApiKey({ name, role, tokenHash, credentialIds, dateExpires, fieldPolicy = SHOW_ALL }) {
      if (!/^[0-9a-f]{64}$/.test(tokenHash))
        throw new InvalidValueError('tokenHash', 'is not a SHA-256 in hex');
      const values = {
        id: randomUUID(),
        name: nameOf('name', name),
        role,
        token_hash: tokenHash,
        date_created: Date.now(),
        date_expires: dateExpires?.getTime() ?? null,
        date_last_used: null,
        date_revoked: null,
        field_policy: policyText(fieldPolicy),
      };
      const row = await database.change(async (transaction) => {
        const added = await transaction
          .insertInto('api_keys')
          .values(values)
          .returningAll()
          .executeTakeFirstOrThrow();
        await link(transaction, values.id, credentialIds);
        if (role === 'ADMIN') {
          await transaction
            .insertInto('milestones')
            .values({ name: 'first_admin_key', date_reached: values.date_created })
            .onConflict((conflict) => conflict.column('name').doNothing())
            .execute();
        }
        return added;
      });
      if (role === 'ADMIN') database.engine.keyMarker?.set();
      return toApiKey(row, new Set(credentialIds));
    },

    async updateApiKey(id, { name, credentialIds, dateExpires, fieldPolicy }) {
      return database.change(async (transaction) => {
        const row = await transaction
          .updateTable('api_keys')
          .set(({ ref }) => ({
            name: name === undefined ? ref('name') : nameOf('name', name),
            date_expires: dateExpires === undefined ? ref('date_expires') : (dateExpires?.getTime() ?? null),
            field_policy: fieldPolicy === undefined ? ref('field_policy') : policyText(fieldPolicy),
          }))
          .where('id', '=', id)
          .where('date_revoked', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw new NotFoundError('API key', id);
        if (credentialIds) {
          await transaction.deleteFrom('api_key_credentials').where('api_key_id', '=', id).execute();
          await link(transaction, id, credentialIds);
        }
        const links = await transaction
          .selectFrom('api_key_credentials')
          .select('credential_id')
          .where('api_key_id', '=', id)
          .execute();
        return toApiKey(row, new Set(links.map(({ credential_id }) => credential_id)));
      });
    },

    async listApiKeys() {
      return database.run(async (db) => {
        const rows = await readApiKeys(db);
        return rows.map(({ key }) => key);
      });
    },

    async findApiKeyByHash(tokenHash) {
      return database.run(async (db) => {
        const row = await db
          .selectFrom('api_keys')
          .selectAll()
          .where('token_hash', '=', tokenHash)
          .where('date_revoked', 'is', null)
          .executeTakeFirst();
        if (!row) return null;
        const links = await db
          .selectFrom('api_key_credentials')
          .select('credential_id')
          .where('api_key_id', '=', row.id)
          .execute();
        return toApiKey(row, new Set(links.map((link) => link.credential_id)));
      });
    },

    async isApiKeyRevoked(tokenHash) {
      const row = await database.run((db) =>
        db
          .selectFrom('api_keys')
          .select('id')
          .where('token_hash', '=', tokenHash)
          .where('date_revoked', 'is not', null)
          .executeTakeFirst(),
      );
      return row !== undefined;
    },

    hasHadAdminKey: () => database.run((db) => hasHadAdminKey(db, database.engine)),

    async revokeApiKey(id) {
      await database.change(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('api_keys')
          .set({ date_revoked: Date.now() })
          .where('id', '=', id)
          .where('date_revoked', 'is', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) throw new NotFoundError('API key', id);
      });
    },

    async touchApiKeys(lastUsed) {
      if (lastUsed.size === 0) return;
      const ids = [...lastUsed.keys()];
      const used = sql.join(
        [...lastUsed].map(([id, date]) => sql`when ${id} then cast(${date.getTime()} as bigint)`),
        sql` `,
      );
      await database.run((db) =>
        db
          .updateTable('api_keys')
          .set({ date_last_used: sql<number>`case id ${used} end` })
          .where('id', 'in', ids)
          .execute(),
      );
    },
  };
}

/** Lets a key use credentials. @throws {NotFoundError} for an unknown one */
async function link(db: Kysely<Tables>, keyId: string, credentialIds: readonly string[]): Promise<void> {
  for (const credentialId of new Set(credentialIds)) {
    if (!isOfSettings(credentialId)) await requireCredential(db, credentialId);
    await db
      .insertInto('api_key_credentials')
      .values({ api_key_id: keyId, credential_id: credentialId })
      .execute();
  }
}

/** Reads the keys that are not revoked, oldest first, with their token hashes. */
export async function readApiKeys(db: Kysely<Tables>): Promise<{ tokenHash: string; key: ApiKey }[]> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('date_revoked', 'is', null)
    .orderBy('position')
    .execute();
  const credentialIds = new Map(rows.map(({ id }) => [id, new Set<string>()]));
  for (const link of await db.selectFrom('api_key_credentials').selectAll().execute()) {
    credentialIds.get(link.api_key_id)?.add(link.credential_id);
  }
  return rows.map((row) => ({
    tokenHash: row.token_hash,
    key: toApiKey(row, credentialIds.get(row.id) ?? new Set()),
  }));
}

/** {@link ApiKeyStore.hasHadAdminKey} */
export async function hasHadAdminKey(db: Kysely<Tables>, { keyMarker }: Engine): Promise<boolean> {
  if (keyMarker?.isSet()) return true;
  const row = await db
    .selectFrom('milestones')
    .select('name')
    .where('name', '=', 'first_admin_key')
    .executeTakeFirst();
  return row !== undefined;
}

function toApiKey(row: Selectable<ApiKeyTable>, credentialIds: ReadonlySet<string>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    credentialIds: [...credentialIds].sort(),
    fieldPolicy: row.field_policy === null ? SHOW_ALL : readFieldPolicy(JSON.parse(row.field_policy)),
    dateCreated: new Date(row.date_created),
    dateExpires: dateOf(row.date_expires),
    dateLastUsed: dateOf(row.date_last_used),
  };
}

/** Writes a policy for the table; null if it shows everything. */
function policyText(policy: FieldPolicy): string | null {
  return isMasking(policy) ? JSON.stringify(policy) : null;
}

/** A credential from the settings has its client id as its id and no row; keys may refer to it all the same. */
function isOfSettings(credentialId: string): boolean {
  return isSid(credentialId, SID_PREFIX.oauthApp);
}

async function requireCredential(db: Kysely<Tables>, id: string): Promise<void> {
  const row = await db.selectFrom('credentials').select('id').where('id', '=', id).executeTakeFirst();
  if (!row) throw new NotFoundError('credential', id);
}
