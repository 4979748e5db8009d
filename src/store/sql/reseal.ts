import { sql, type Transaction } from 'kysely';
import type { Cipher } from '../cipher.ts';
import type { Tables } from './tables.ts';

/** The columns with sealed values, and the column with the id of each record. */
const SEALED = [
  { table: 'credentials', idColumn: 'id', column: 'sealed_secret', purpose: 'client-secret' },
  { table: 'refresh_tokens', idColumn: 'credential_id', column: 'sealed_token', purpose: 'refresh-token' },
  { table: 'oauth_states', idColumn: 'id', column: 'sealed', purpose: 'oauth-state' },
] as const;

/**
 * Reseals all values that were not sealed with the first key.
 *
 * @returns the number of resealed values
 */
export async function resealAll(transaction: Transaction<Tables>, cipher: Cipher): Promise<number> {
  let count = 0;
  for (const { purpose, ...names } of SEALED) {
    const [table, idColumn, column] = [
      sql.table(names.table),
      sql.ref(names.idColumn),
      sql.ref(names.column),
    ];
    const select = sql<{
      id: string;
      sealed: string;
    }>`select ${idColumn} as id, ${column} as sealed from ${table}`;
    for (const { id, sealed } of (await select.execute(transaction)).rows) {
      if (!cipher.needsReseal(sealed)) continue;
      const context = { purpose, id };
      const resealed = cipher.seal(cipher.open(sealed, context), context);
      // Also checks the old value, so that it does not overwrite a newer one of another gateway.
      const update = sql`update ${table} set ${column} = ${resealed} where ${idColumn} = ${id} and ${column} = ${sealed}`;
      count += Number((await update.execute(transaction)).numAffectedRows);
    }
  }
  return count;
}
