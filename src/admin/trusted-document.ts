/** Where a trusted document comes from: shipped with the gateway or its console, read from DOCUMENTS, or published. */
export type DocumentSource = 'GATEWAY' | 'CONSOLE' | 'DOCUMENTS' | 'PUBLISHED';

/** An operation that callers may run by an id. */
export interface TrustedDocument {
  /** The operation's name, the id of the manifest or of its publisher, or `sha256:` and the hash of the text. */
  readonly documentId: string;
  /** The name of its operation. */
  readonly name: string;
  readonly text: string;
  readonly source: DocumentSource;
  /** The ids of the API keys that may run it; null for every caller. */
  readonly apiKeyIds: readonly string[] | null;
  /** When it was published; null for the other sources. */
  readonly dateAdded: Date | null;
}

/** Why a document cannot be used. */
export interface DocumentProblem {
  /** Counts from 1, within the text of the document. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface CheckedDocument {
  /** The name of its operation; empty where it has none. */
  readonly name: string;
  /** Empty for a document that can be used. */
  readonly problems: readonly DocumentProblem[];
}

/** Checks a document against the schema, the limits of a request, and the cost of its cheapest variables. */
export type DocumentCheck = (text: string) => CheckedDocument;

/** Ids are in URLs, so they consist of unreserved characters, `:` and `/`. */
export const DOCUMENT_ID = /^[\w.:/~+=-]{1,128}$/;
