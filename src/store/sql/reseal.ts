import type { Transaction } from 'kysely';
import type { Cipher, SealContext } from '../cipher.ts';
import type { Tables } from './tables.ts';

/**
 * Reseals all values that were not sealed with the first key.
 *
 * @returns the number of resealed values
 */
export async function resealAll(transaction: Transaction<Tables>, cipher: Cipher): Promise<number> {
  /** Returns the resealed value; null when not needed. */
  function reseal(sealed: string, context: SealContext): string | null {
    return cipher.needsReseal(sealed) ? cipher.seal(cipher.open(sealed, context), context) : null;
  }
  let count = 0;

  // Each update also checks the old value, so that it does not overwrite a newer one of another gateway.
  for (const { id, sealed_secret: old } of await transaction
    .selectFrom('credentials')
    .select(['id', 'sealed_secret'])
    .execute()) {
    const sealed = reseal(old, { purpose: 'client-secret', id });
    if (sealed === null) continue;
    const query = transaction.updateTable('credentials').set({ sealed_secret: sealed });
    const done = await query.where('id', '=', id).where('sealed_secret', '=', old).executeTakeFirst();
    count += Number(done.numUpdatedRows);
  }
  for (const { credential_id: id, sealed_token: old } of await transaction
    .selectFrom('refresh_tokens')
    .select(['credential_id', 'sealed_token'])
    .execute()) {
    const sealed = reseal(old, { purpose: 'refresh-token', id });
    if (sealed === null) continue;
    const query = transaction.updateTable('refresh_tokens').set({ sealed_token: sealed });
    const done = await query
      .where('credential_id', '=', id)
      .where('sealed_token', '=', old)
      .executeTakeFirst();
    count += Number(done.numUpdatedRows);
  }
  for (const { id, sealed: old } of await transaction
    .selectFrom('oauth_states')
    .select(['id', 'sealed'])
    .execute()) {
    const sealed = reseal(old, { purpose: 'oauth-state', id });
    if (sealed === null) continue;
    const done = await transaction
      .updateTable('oauth_states')
      .set({ sealed })
      .where('id', '=', id)
      .executeTakeFirst();
    count += Number(done.numUpdatedRows);
  }
  return count;
}
