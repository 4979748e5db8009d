import { type ErrorEntry, field, quote } from './entry.ts';

/** Problems that an error repeats. */
const MAX_PROBLEMS = 50;

/** A problem of one document of several. */
export interface Problem {
  readonly index: number;
  readonly documentId: string | null;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Errors of publishing trusted documents. */
export const DOCUMENT_ERRORS = {
  API_KEY_UNKNOWN: {
    ...field(404, 'input'),
    when: 'Documents are to be published for an API key that does not exist or was revoked; `extensions.indexes` are the positions in `apiKeyIds`. Nothing was published.',
    action: 'Use the `id`s that `apiKeys` lists.',
    build: (indexes: readonly number[]) => {
      const places = Array.from(indexes, (index) => `apiKeyIds[${index}]`).join(', ');
      return {
        message: `There is no API key with the id in ${places}. It may have been revoked. Use the ids that "apiKeys" lists. Nothing was published.`,
        extensions: { argument: 'apiKeyIds', indexes },
      };
    },
  },
  DOCUMENT_ID_TAKEN: {
    ...field(409, 'input'),
    when: 'Another document has this `documentId`, with another text. Nothing was published.',
    action: 'Leave out the `documentId`, choose another one, or retire the other document.',
    build: (documentId: string) => ({
      message: `Another document has the id ${quote(documentId)}. Omit the documentId, choose another one, or retire that document first. Nothing was published.`,
      extensions: { argument: 'documents', documentId },
    }),
  },
  DOCUMENT_INVALID: {
    ...field(422, 'input'),
    when: 'A document to be published cannot be used: a syntax error, an unknown field, a cost above the limits with any variables, several operations or none, no name, or an invalid `documentId`. Nothing was published.',
    action:
      'Correct what `extensions.problems` lists: the index of the document, line, column and message of each.',
    build: (problems: readonly Problem[]) => {
      const first = problems[0];
      const rest = problems.length - 1;
      const more =
        rest > 0 ? ` There ${rest === 1 ? 'is 1 more problem' : `are ${rest} more problems`}.` : '';
      return {
        message: `Document ${first?.index}, line ${first?.line}: ${first?.message}${more} Nothing was published. Correct the documents and publish them again.`,
        extensions: { argument: 'documents', problems: problems.slice(0, MAX_PROBLEMS) },
      };
    },
  },
  TOO_MANY_DOCUMENTS: {
    ...field(422, 'limited'),
    when: 'The published documents would be more than 2,000, or have more than 16 MiB or 20,000 keys together. Nothing was published.',
    action: 'Retire documents that no client uses any more.',
    build: (measure: 'documents' | 'bytes' | 'keys', limit: number) => ({
      message: `The published documents may have ${limit} ${measure} together. Retire some that no client uses any more. Nothing was published.`,
      extensions: { measure, limit },
    }),
  },
} satisfies Record<string, ErrorEntry>;
