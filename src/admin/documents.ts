import { createHash } from 'node:crypto';
import { gatewayError } from '../errors/gateway-error.ts';
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
  /** Checks and stores documents, all or none. */
  publish(
    actor: Actor,
    documents: readonly DocumentInput[],
  ): Promise<{ added: readonly TrustedDocument[]; unchanged: number }>;
  /** Removes published documents, all or none. @returns their ids */
  retire(actor: Actor, documentIds: readonly string[]): Promise<readonly string[]>;
}

/** An entry of the audit names no more ids than this. */
const MAX_AUDITED = 100;

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

  return {
    list: (actor) =>
      asAdmin(actor, async () => [
        ...(await open()).fixed(),
        ...(await store.listDocuments()).map((one) => ({ ...one, source: 'PUBLISHED' as const })),
      ]),

    publish: (actor, inputs) =>
      asAdmin(actor, async () => {
        const documents = await checkAll(inputs);
        const added = await store.publishDocuments(documents);
        const unchanged = documents.length - added.length;
        if (added.length > 0) await audit(actor, 'documents.publish', null, detailOf(added));
        return { added: added.map((one) => ({ ...one, source: 'PUBLISHED' as const })), unchanged };
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
