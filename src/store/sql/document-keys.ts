import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';
import { chunksOf } from './values.ts';

/** Lets keys run documents. @returns the ids of the documents that one of the keys could not run before */
export async function addKeys(
  db: Kysely<Tables>,
  documentIds: readonly string[],
  apiKeyIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const links = documentIds.flatMap((document_id) =>
    apiKeyIds.map((api_key_id) => ({ document_id, api_key_id })),
  );
  const changed = new Set<string>();
  for (const values of chunksOf(links)) {
    const rows = await db
      .insertInto('trusted_document_keys')
      .values(values)
      .onConflict((conflict) => conflict.columns(['document_id', 'api_key_id']).doNothing())
      .returning('document_id')
      .execute();
    for (const { document_id } of rows) changed.add(document_id);
  }
  return changed;
}

/** Lets every caller run documents. @returns their ids */
export async function openToAll(
  db: Kysely<Tables>,
  documentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  for (const ids of chunksOf(documentIds)) {
    await db.updateTable('trusted_documents').set({ is_scoped: 0 }).where('id', 'in', ids).execute();
    await db.deleteFrom('trusted_document_keys').where('document_id', 'in', ids).execute();
  }
  return new Set(documentIds);
}

/** Reads the keys of documents, sorted. @param documentIds @default all documents */
export async function keysOf(
  db: Kysely<Tables>,
  documentIds?: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom('trusted_document_keys')
    .select(['document_id', 'api_key_id'])
    .$if(documentIds !== undefined, (query) => query.where('document_id', 'in', documentIds ?? []))
    .execute();
  const keys = new Map<string, string[]>();
  for (const { document_id, api_key_id } of rows) {
    const known = keys.get(document_id);
    if (known) known.push(api_key_id);
    else keys.set(document_id, [api_key_id]);
  }
  for (const ids of keys.values()) ids.sort();
  return keys;
}
