import { getOperationAST, parse } from 'graphql';
import type { TrustedDocument } from '../admin/trusted-document.ts';
import { hashOf } from './document-set.ts';

const HASH = /^[0-9a-f]{64}$/;

/** Finds documents by every id they have. */
export class DocumentIndex {
  readonly documents: readonly TrustedDocument[];
  readonly #byId = new Map<string, TrustedDocument>();
  readonly #variables = new WeakMap<TrustedDocument, readonly string[]>();

  /**
   * @param sources in the order of their precedence: the name of a document means that of the first source that has it,
   *   so a published document replaces neither one of the gateway nor one of DOCUMENTS
   */
  constructor(sources: readonly (readonly TrustedDocument[])[]) {
    this.documents = sources.flat();
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

  /** The variables that the document declares. Parsed when it is first used. */
  variablesOf(document: TrustedDocument): readonly string[] {
    const known = this.#variables.get(document);
    if (known) return known;
    const operation = getOperationAST(parse(document.text, { noLocation: true }));
    const names = (operation?.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    this.#variables.set(document, names);
    return names;
  }
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
