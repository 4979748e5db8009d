import type { Transaction } from 'kysely';
import type { Cipher, SealedFor } from '../cipher.ts';
import type { Tables } from './tables.ts';

/**
 * Seals everything anew that was not sealed with the first key.
 *
 * @returns how many values that were
 */
export async function resealAll(transaction: Transaction<Tables>, cipher: Cipher): Promise<number> {
  /** The value sealed anew; null when it need not be. */
  function renew(sealed: string, place: SealedFor): string | null {
    return cipher.needsReseal(sealed) ? cipher.seal(cipher.open(sealed, place), place) : null;
  }
  let count = 0;

  // Each update names the old value too: what another gateway stores meanwhile is newer.
  for (const { id, sealed_secret: old } of await transaction
    .selectFrom('credentials')
    .select(['id', 'sealed_secret'])
    .execute()) {
    const sealed = renew(old, { purpose: 'client-secret', id });
    if (sealed === null) continue;
    const query = transaction.updateTable('credentials').set({ sealed_secret: sealed });
    const done = await query.where('id', '=', id).where('sealed_secret', '=', old).executeTakeFirst();
    count += Number(done.numUpdatedRows);
  }
  for (const { credential_id: id, sealed_token: old } of await transaction
    .selectFrom('refresh_tokens')
    .select(['credential_id', 'sealed_token'])
    .execute()) {
    const sealed = renew(old, { purpose: 'refresh-token', id });
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
    const sealed = renew(old, { purpose: 'oauth-state', id });
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
