import { DOCUMENT_ID } from '../admin/trusted-document.ts';
import type { ReadFile, SourceDocument } from './document-files.ts';

const APOLLO = 'apollo-persisted-query-manifest';
const FORMATS = `the manifest of @apollo/generate-persisted-query-manifest, or the object {"id": "text"} of relay-compiler or of graphql-codegen's client preset`;

interface ApolloManifest {
  readonly format: string;
  readonly version?: unknown;
  readonly operations?: unknown;
}

/**
 * Reads a manifest of Apollo, Relay or graphql-codegen.
 *
 * @param problems gets a sentence with file and line for each entry that cannot be used
 */
export function readManifest({ name, text }: ReadFile, problems: string[]): SourceDocument[] {
  const lineOf = (index: number) => text.slice(0, Math.max(0, index)).split('\n').length;
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    // The message quotes the file, which may be any file.
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? [];
    const line = lineOf(position === undefined ? text.length : Number(position));
    problems.push(`${name}:${line}: This is not valid JSON. A manifest is ${FORMATS}.`);
    return [];
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    problems.push(`${name}:1: This is not a manifest. A manifest is ${FORMATS}.`);
    return [];
  }
  const documents: SourceDocument[] = [];
  let searchFrom = 0;
  const ids = new Set<string>();
  for (const [id, body] of entriesOf(manifest, name, problems)) {
    // The entries are in the order of the text, except for keys that are whole numbers.
    const found = text.indexOf(JSON.stringify(id), searchFrom);
    const index = found === -1 ? text.indexOf(JSON.stringify(id)) : found;
    if (index >= 0) searchFrom = index + 1;
    const line = lineOf(index);
    if (typeof id !== 'string' || !DOCUMENT_ID.test(id)) {
      problems.push(`${name}:${line}: An id must be 1 to 128 letters, digits or characters of "_.:/~+=-".`);
    } else if (ids.has(id)) {
      problems.push(`${name}:${line}: The id ${id} occurs twice.`);
    } else if (typeof body !== 'string') {
      problems.push(`${name}:${line}: The document of the id ${id} is not a string.`);
    } else {
      ids.add(id);
      const place = (inner: number) => `${name}:${line}: document ${id}, line ${inner}`;
      documents.push({ id, text: body, place });
    }
  }
  return documents;
}

function entriesOf(manifest: object, name: string, problems: string[]): (readonly [unknown, unknown])[] {
  if (!('format' in manifest)) return Object.entries(manifest);
  const { format, version, operations } = manifest as ApolloManifest;
  if (format !== APOLLO || version !== 1 || !Array.isArray(operations)) {
    problems.push(`${name}:1: The format must be "${APOLLO}", version 1, with a list of operations.`);
    return [];
  }
  return operations.map((one: { id?: unknown; body?: unknown } | null) => [one?.id, one?.body] as const);
}
