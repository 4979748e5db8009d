import { type Kysely, sql } from 'kysely';
import type { PublishedDocument } from '../records.ts';
import { type DocumentStore, MAX_PUBLISHED } from '../store.ts';
import { DocumentConflictError, DocumentsFullError, NotFoundError } from '../store-errors.ts';
import type { Database } from './database.ts';
import type { DocumentTable, Tables } from './tables.ts';

/** Rows in one statement: SQLite and PostgreSQL limit its parameters. */
const AT_ONCE = 500;

/** Stores the published documents. */
export function createDocumentsTable(database: Database): DocumentStore {
  return {
    async publishDocuments(documents) {
      const texts = new Map<string, string>();
      for (const { documentId, text } of documents) {
        if ((texts.get(documentId) ?? text) !== text) throw new DocumentConflictError(documentId);
        texts.set(documentId, text);
      }
      const add = async (transaction: Kysely<Tables>): Promise<PublishedDocument[]> => {
        const stored = new Map<string, string>();
        for (const ids of chunksOf([...texts.keys()])) {
          const rows = await transaction
            .selectFrom('trusted_documents')
            .select(['id', 'text'])
            .where('id', 'in', ids)
            .execute();
          for (const { id, text } of rows) stored.set(id, text);
        }
        const isNew = new Set<string>();
        const added: PublishedDocument[] = [];
        for (const document of documents) {
          const before = stored.get(document.documentId);
          if (before !== undefined && before !== document.text) {
            throw new DocumentConflictError(document.documentId);
          }
          if (before !== undefined || isNew.has(document.documentId)) continue;
          isNew.add(document.documentId);
          added.push({ ...document, dateAdded: new Date() });
        }
        for (const rows of chunksOf(added)) {
          const values = rows.map(({ documentId, name, text, dateAdded }) => ({
            id: documentId,
            name,
            text,
            date_added: dateAdded.getTime(),
          }));
          await transaction.insertInto('trusted_documents').values(values).execute();
        }
        await rejectTooMany(transaction);
        return added;
      };
      return database
        .change(add, (added) => added.length > 0)
        .catch((error: unknown) => {
          // Another gateway published one of the ids at the same moment.
          if (database.engine.violation(error) === 'unique') {
            throw new DocumentConflictError(documents[0]?.documentId ?? '');
          }
          throw error;
        });
    },

    async retireDocuments(documentIds) {
      await database.change(
        async (transaction) => {
          for (const id of new Set(documentIds)) {
            const { numDeletedRows } = await transaction
              .deleteFrom('trusted_documents')
              .where('id', '=', id)
              .executeTakeFirstOrThrow();
            if (numDeletedRows === 0n) throw new NotFoundError('published document', id);
          }
        },
        () => documentIds.length > 0,
      );
    },

    async listDocuments() {
      return database.run(async (db) => {
        const rows = await db.selectFrom('trusted_documents').selectAll().orderBy('position').execute();
        return rows.map(toDocument);
      });
    },
  };
}

async function rejectTooMany(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ documents: number; characters: number | null }>`
    select count(*) as documents, sum(length(text)) as characters from trusted_documents`.execute(db);
  const { documents = 0, characters } = rows[0] ?? {};
  if (Number(documents) > MAX_PUBLISHED.documents) {
    throw new DocumentsFullError('documents', MAX_PUBLISHED.documents);
  }
  if (Number(characters ?? 0) > MAX_PUBLISHED.bytes)
    throw new DocumentsFullError('bytes', MAX_PUBLISHED.bytes);
}

/** Differs after each change: a position is never used twice. */
export async function readDocumentsVersion(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ documents: number; newest: number | null }>`
    select count(*) as documents, max(position) as newest from trusted_documents`.execute(db);
  return `${rows[0]?.documents}:${rows[0]?.newest}`;
}

function toDocument({ id, name, text, date_added }: Omit<DocumentTable, 'position'>): PublishedDocument {
  return { documentId: id, name, text, dateAdded: new Date(date_added) };
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) chunks.push(items.slice(from, from + AT_ONCE));
  return chunks;
}
