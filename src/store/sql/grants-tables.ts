import { createHash } from 'node:crypto';
import type { Cipher } from '../cipher.ts';
import type { OAuthState } from '../records.ts';
import type { OAuthGrants } from '../store.ts';
import { NotFoundError } from '../store-errors.ts';
import type { Database } from './database.ts';
import { createLeases, type LeaseOptions } from './leases.ts';
import { notEmpty } from './values.ts';

/** Stores the refresh tokens and pending states of OAuth's authorization code grant. */
export function createGrantsTables(database: Database, cipher: Cipher, leases?: LeaseOptions): OAuthGrants {
  const withLease = createLeases(database, leases);

  return {
    async saveRefreshToken(credentialId, token) {
      const context = { purpose: 'refresh-token', id: credentialId } as const;
      const sealed = {
        sealed_token: cipher.seal(notEmpty('refreshToken', token), context),
        date_updated: Date.now(),
      };
      await database
        .run((db) =>
          db
            .insertInto('refresh_tokens')
            .values({ credential_id: credentialId, ...sealed })
            .onConflict((conflict) => conflict.column('credential_id').doUpdateSet(sealed))
            .execute(),
        )
        .catch((error: unknown) => {
          const gone = database.engine.violation(error) === 'foreign-key';
          throw gone ? new NotFoundError('credential', credentialId) : error;
        });
    },

    async refreshToken(credentialId) {
      const row = await database.run((db) =>
        db
          .selectFrom('refresh_tokens')
          .select('sealed_token')
          .where('credential_id', '=', credentialId)
          .executeTakeFirst(),
      );
      return row ? cipher.open(row.sealed_token, { purpose: 'refresh-token', id: credentialId }) : null;
    },

    withRefreshLock: (credentialId, work) => withLease(`refresh ${credentialId}`, work),

    async saveState({ state, dateExpires, ...content }) {
      const id = stateId(notEmpty('state', state));
      const sealed = cipher.seal(JSON.stringify(content), { purpose: 'oauth-state', id });
      await database.run(async (db) => {
        // Abandoned flows must not accumulate.
        await db.deleteFrom('oauth_states').where('date_expires', '<', Date.now()).execute();
        await db
          .insertInto('oauth_states')
          .values({ id, sealed, date_expires: dateExpires.getTime() })
          .execute();
      });
    },

    async takeState(state) {
      const id = stateId(state);
      const row = await database.run((db) =>
        db.deleteFrom('oauth_states').where('id', '=', id).returningAll().executeTakeFirst(),
      );
      if (!row || row.date_expires <= Date.now()) return null;
      const content = JSON.parse(cipher.open(row.sealed, { purpose: 'oauth-state', id })) as Content;
      return { state, dateExpires: new Date(row.date_expires), ...content };
    },
  };
}

type Content = Omit<OAuthState, 'state' | 'dateExpires'>;

function stateId(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
