import { type Kysely, sql } from 'kysely';
import type { Publication, PublishedDocument } from '../records.ts';
import { type DocumentStore, MAX_PUBLISHED } from '../store.ts';
import {
  DocumentConflictError,
  DocumentsFullError,
  NotFoundError,
  type PublishedMeasure,
} from '../store-errors.ts';
import type { Database } from './database.ts';
import { addKeys, keysOf, openToAll } from './document-keys.ts';
import type { Tables } from './tables.ts';
import { chunksOf } from './values.ts';

type NewDocument = Pick<PublishedDocument, 'documentId' | 'name' | 'text'>;

/** Stores the published documents. */
export function createDocumentsTable(database: Database): DocumentStore {
  return {
    async publishDocuments(documents, apiKeyIds) {
      const wanted = distinct(documents);
      const ids = wanted.map(({ documentId }) => documentId);
      const keys = apiKeyIds && [...new Set(apiKeyIds)].sort();
      const publish = async (transaction: Kysely<Tables>): Promise<Publication> => {
        const stored = await readDocuments(transaction, ids);
        const texts = new Map(stored.map(({ documentId, text }) => [documentId, text]));
        const conflict = wanted.find((one) => (texts.get(one.documentId) ?? one.text) !== one.text);
        if (conflict) throw new DocumentConflictError(conflict.documentId);
        const added = wanted
          .filter(({ documentId }) => !texts.has(documentId))
          .map((one) => ({ ...one, apiKeyIds: keys, dateAdded: new Date() }));
        await insert(transaction, added);
        const scoped = stored.filter((one) => one.apiKeyIds).map(({ documentId }) => documentId);
        if (keys) await addKeys(transaction, namesOf(added), keys);
        const extended = keys
          ? await addKeys(transaction, scoped, keys)
          : await openToAll(transaction, scoped);
        await rejectTooMany(transaction);
        const now = await readDocuments(transaction, [...texts.keys()]);
        return {
          added,
          extended: now.filter(({ documentId }) => extended.has(documentId)),
          unchanged: now.filter(({ documentId }) => !extended.has(documentId)),
        };
      };
      return database
        .change(publish, ({ added, extended }) => added.length + extended.length > 0)
        .catch((error: unknown) => {
          const violation = database.engine.violation(error);
          // Another gateway published one of the ids at the same moment, or retired it.
          if (violation === 'unique') throw new DocumentConflictError(ids[0] ?? '');
          if (violation === 'foreign-key') throw new NotFoundError('published document', ids[0] ?? '');
          throw error;
        });
    },

    async retireDocuments(documentIds) {
      await database.change(
        async (transaction) => {
          const missing = new Set(documentIds);
          for (const ids of chunksOf([...missing])) {
            const rows = await transaction
              .deleteFrom('trusted_documents')
              .where('id', 'in', ids)
              .returning('id')
              .execute();
            for (const { id } of rows) missing.delete(id);
          }
          const [unknown] = missing;
          if (unknown !== undefined) throw new NotFoundError('published document', unknown);
        },
        () => documentIds.length > 0,
      );
    },

    listDocuments: () => database.run((db) => readDocuments(db)),
  };
}

/** Each document once. @throws {DocumentConflictError} for two texts with one id */
function distinct(documents: readonly NewDocument[]): readonly NewDocument[] {
  const found = new Map<string, NewDocument>();
  for (const document of documents) {
    const { documentId, text } = document;
    if ((found.get(documentId)?.text ?? text) !== text) throw new DocumentConflictError(documentId);
    found.set(documentId, document);
  }
  return [...found.values()];
}

const namesOf = (documents: readonly NewDocument[]) => documents.map(({ documentId }) => documentId);

async function insert(db: Kysely<Tables>, documents: readonly PublishedDocument[]): Promise<void> {
  for (const rows of chunksOf(documents)) {
    const values = rows.map(({ documentId, name, text, apiKeyIds, dateAdded }) => ({
      id: documentId,
      name,
      text,
      date_added: dateAdded.getTime(),
      is_scoped: apiKeyIds ? 1 : 0,
    }));
    await db.insertInto('trusted_documents').values(values).execute();
  }
}

/** @param ids @default all documents */
async function readDocuments(db: Kysely<Tables>, ids?: readonly string[]): Promise<PublishedDocument[]> {
  const found: PublishedDocument[] = [];
  for (const chunk of ids ? chunksOf(ids) : [undefined]) {
    const rows = await db
      .selectFrom('trusted_documents')
      .selectAll()
      .$if(chunk !== undefined, (query) => query.where('id', 'in', chunk ?? []))
      .orderBy('position')
      .execute();
    const keys = await keysOf(db, chunk);
    for (const { id, name, text, date_added, is_scoped } of rows) {
      const apiKeyIds = is_scoped ? (keys.get(id) ?? []) : null;
      found.push({ documentId: id, name, text, apiKeyIds, dateAdded: new Date(date_added) });
    }
  }
  return found;
}

async function rejectTooMany(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<Record<PublishedMeasure, number | null>>`
    select count(*) as documents, sum(length(text)) as bytes,
      (select count(*) from trusted_document_keys) as keys from trusted_documents`.execute(db);
  for (const measure of ['documents', 'bytes', 'keys'] as const) {
    const limit = MAX_PUBLISHED[measure];
    if (Number(rows[0]?.[measure] ?? 0) > limit) throw new DocumentsFullError(measure, limit);
  }
}

/** Differs after each change: a position is never used twice. */
export async function readDocumentsVersion(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<Record<string, number | null>>`
    select count(*) as documents, max(position) as newest, sum(is_scoped) as scoped,
      (select count(*) from trusted_document_keys) as keys,
      (select max(position) from trusted_document_keys) as newest_key from trusted_documents`.execute(db);
  return Object.values(rows[0] ?? {}).join(':');
}
