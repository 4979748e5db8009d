import { getOperationAST, parse } from 'graphql';
import type { TrustedDocument } from '../admin/trusted-document.ts';
import { hashOf } from './document-set.ts';

const HASH = /^[0-9a-f]{64}$/;

/** Finds documents by every id they have. */
export class DocumentIndex {
  readonly #byId = new Map<string, TrustedDocument>();

  /**
   * @param sources in the order of their precedence: the name of a document means that of the first source that has it
   */
  constructor(sources: readonly (readonly TrustedDocument[])[]) {
    for (const documents of sources.toReversed()) {
      for (const [name, document] of byName(documents)) this.#byId.set(name, document);
      for (const document of documents) {
        const hash = hashOf(document.text);
        for (const id of [hash, `sha256:${hash}`]) if (!this.#byId.has(id)) this.#byId.set(id, document);
      }
      for (const document of documents) {
        const { documentId } = document;
        this.#byId.set(documentId, document);
        if (HASH.test(documentId)) this.#byId.set(`sha256:${documentId}`, document);
      }
    }
  }

  find(id: string): TrustedDocument | undefined {
    return this.#byId.get(id);
  }
}

/**
 * The published documents: those for every caller, and those for some keys. A key finds its own before the others, so what
 * is published for other keys, or for every caller, does not change what its ids and names mean.
 */
export class PublishedIndex {
  readonly #scoped: readonly TrustedDocument[];
  readonly #open: DocumentIndex;
  /** Filled when a key first looks for a document. */
  readonly #byKey = new Map<string, DocumentIndex>();

  constructor(published: readonly TrustedDocument[]) {
    this.#scoped = published.filter(({ apiKeyIds }) => apiKeyIds !== null);
    this.#open = new DocumentIndex([published.filter(({ apiKeyIds }) => apiKeyIds === null)]);
  }

  find(id: string, apiKeyId: string | undefined): TrustedDocument | undefined {
    const own = apiKeyId !== undefined && this.#scoped.length > 0 ? this.#indexOf(apiKeyId) : undefined;
    return own?.find(id) ?? this.#open.find(id);
  }

  #indexOf(apiKeyId: string): DocumentIndex {
    const known = this.#byKey.get(apiKeyId);
    if (known) return known;
    const index = new DocumentIndex([this.#scoped.filter((one) => one.apiKeyIds?.includes(apiKeyId))]);
    this.#byKey.set(apiKeyId, index);
    return index;
  }
}

const VARIABLES = new WeakMap<TrustedDocument, readonly string[]>();

/** The variables that a document declares. Parsed when it is first used. */
export function variablesOf(document: TrustedDocument): readonly string[] {
  const known = VARIABLES.get(document);
  if (known) return known;
  const operation = getOperationAST(parse(document.text, { noLocation: true }));
  const names = (operation?.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  VARIABLES.set(document, names);
  return names;
}

/** Of published documents the newest has the name; of a manifest's, none where it is used twice. */
function byName(documents: readonly TrustedDocument[]): Map<string, TrustedDocument> {
  const found = new Map<string, TrustedDocument>();
  const ambiguous = new Set<string>();
  for (const document of documents) {
    const { name, source } = document;
    const other = found.get(name);
    if (other && source !== 'PUBLISHED' && other.text !== document.text) ambiguous.add(name);
    found.set(name, document);
  }
  for (const name of ambiguous) found.delete(name);
  return found;
}
