import { createHash } from 'node:crypto';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Publication, PublishedDocument } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';
import {
  DOCUMENT_ID,
  type DocumentCheck,
  type DocumentProblem,
  type TrustedDocument,
} from './trusted-document.ts';

export interface DocumentInput {
  /** @default `sha256:` and the hash of the text */
  readonly documentId?: string | null | undefined;
  readonly text: string;
}

/** What administration needs to know of documents that are not in the store. */
export interface DocumentRules {
  readonly check: DocumentCheck;
  /** The gateway's own documents, and those of DOCUMENTS. */
  fixed(): readonly TrustedDocument[];
}

/** A problem of one document of several. */
export interface InputProblem extends DocumentProblem {
  /** The document's position in the input, from 0. */
  readonly index: number;
  readonly documentId: string | null;
}

/** Admin operations on trusted documents; FORBIDDEN for other roles. */
export interface DocumentAdmin {
  /** Lists the documents of all sources. */
  list(actor: Actor): Promise<readonly TrustedDocument[]>;
  /**
   * Checks and stores documents, all or none. {@link DocumentStore.publishDocuments}
   *
   * @param apiKeyIds the only keys that may run them. @default every caller
   */
  publish(
    actor: Actor,
    documents: readonly DocumentInput[],
    apiKeyIds?: readonly string[] | null,
  ): Promise<Publication<TrustedDocument>>;
  /** Removes published documents, all or none. @returns their ids */
  retire(actor: Actor, documentIds: readonly string[]): Promise<readonly string[]>;
}

/** An entry of the audit names no more ids than this. */
const MAX_AUDITED = 100;

/** More than the keys of one program; a document for all of them needs none. */
const MAX_KEYS = 100;

export function createDocumentAdmin(
  store: GatewayStore,
  audit: Audit,
  open: () => Promise<DocumentRules>,
): DocumentAdmin {
  /** @throws {DOCUMENT_INVALID} with the problems of all documents */
  async function checkAll(inputs: readonly DocumentInput[]) {
    const rules = await open();
    const problems: InputProblem[] = [];
    const documents: { documentId: string; name: string; text: string }[] = [];
    for (const [index, { documentId: given, text }] of inputs.entries()) {
      const checked = rules.check(text);
      const documentId = given ?? `sha256:${hashOf(text)}`;
      const found = [...checked.problems, ...problemsOfId(documentId, text)];
      problems.push(...found.map((problem) => ({ ...problem, index, documentId: given ?? null })));
      documents.push({ documentId, name: checked.name, text });
      // Other requests run between the documents of a large list.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (problems.length > 0) throw gatewayError('DOCUMENT_INVALID', problems);
    const taken = new Set(rules.fixed().map(({ documentId }) => documentId));
    const conflict = documents.find(({ documentId }) => taken.has(documentId));
    if (conflict) throw gatewayError('DOCUMENT_ID_TAKEN', conflict.documentId);
    return documents;
  }

  /** @throws {BAD_USER_INPUT} {API_KEY_UNKNOWN} */
  async function checkKeys(apiKeyIds: readonly string[]): Promise<void> {
    const reject = (message: string) => gatewayError('BAD_USER_INPUT', message, 'apiKeyIds');
    if (apiKeyIds.length === 0) {
      throw reject('"apiKeyIds" is empty: no caller could run the documents. Omit it for every caller.');
    }
    if (apiKeyIds.length > MAX_KEYS) {
      throw reject(`"apiKeyIds" has ${apiKeyIds.length} keys; ${MAX_KEYS} are allowed.`);
    }
    const known = new Set((await store.listApiKeys()).map(({ id }) => id));
    const unknown = apiKeyIds.flatMap((id, index) => (known.has(id) ? [] : [index]));
    if (unknown.length > 0) throw gatewayError('API_KEY_UNKNOWN', unknown);
  }

  return {
    list: (actor) =>
      asAdmin(actor, async () => [
        ...(await open()).fixed(),
        ...(await store.listDocuments()).map(toTrusted),
      ]),

    publish: (actor, inputs, apiKeyIds = null) =>
      asAdmin(actor, async () => {
        if (apiKeyIds) await checkKeys(apiKeyIds);
        const documents = await checkAll(inputs);
        const { added, extended, unchanged } = await store.publishDocuments(documents, apiKeyIds);
        const changed = [...added, ...extended];
        if (changed.length > 0) {
          const detail = { ...detailOf(changed), ...(apiKeyIds && { apiKeyIds: [...apiKeyIds] }) };
          await audit(actor, 'documents.publish', null, detail);
        }
        return {
          added: added.map(toTrusted),
          extended: extended.map(toTrusted),
          unchanged: unchanged.map(toTrusted),
        };
      }),

    retire: (actor, documentIds) =>
      asAdmin(actor, async () => {
        const ids = [...new Set(documentIds)];
        await store.retireDocuments(ids);
        if (ids.length > 0) {
          await audit(actor, 'documents.retire', null, detailOf(ids.map((documentId) => ({ documentId }))));
        }
        return ids;
      }),
  };
}

const toTrusted = (document: PublishedDocument): TrustedDocument => ({ ...document, source: 'PUBLISHED' });

function detailOf(documents: readonly { readonly documentId: string }[]) {
  const documentIds = documents.slice(0, MAX_AUDITED).map(({ documentId }) => documentId);
  return { count: documents.length, documentIds };
}

function problemsOfId(documentId: string, text: string): DocumentProblem[] {
  const problem = (message: string) => [{ line: 1, column: 1, message }];
  if (!DOCUMENT_ID.test(documentId)) {
    return problem('The documentId must be 1 to 128 letters, digits or characters of "_.:/~+=-".');
  }
  // A client that computes the hash must get the text that it hashed.
  if (documentId.startsWith('sha256:') && documentId !== `sha256:${hashOf(text)}`) {
    return problem('The documentId is not the SHA-256 of this text.');
  }
  return [];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
