import { DOCUMENT_ID } from '../admin/trusted-document.ts';
import type { ReadFile, SourceDocument } from './document-files.ts';
import { type JsonKey, jsonKeysOf } from './json-keys.ts';

const APOLLO = 'apollo-persisted-query-manifest';
const FORMATS = `the manifest of @apollo/generate-persisted-query-manifest, or the object {"id": "text"} of relay-compiler or of graphql-codegen's client preset`;

const APOLLO_KEYS = new Set(['format', 'version', 'operations', 'id', 'body']);

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
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    // The message quotes the file, which may be any file.
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? [];
    const line = text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length;
    problems.push(`${name}:${line}: This is not valid JSON. A manifest is ${FORMATS}.`);
    return [];
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    problems.push(`${name}:1: This is not a manifest. A manifest is ${FORMATS}.`);
    return [];
  }
  const documents = new Map<string, SourceDocument>();
  for (const { id, body, line } of entriesOf(manifest, jsonKeysOf(text), name, problems)) {
    const at = `${name}:${line}`;
    if (typeof id !== 'string' || !DOCUMENT_ID.test(id)) {
      problems.push(`${at}: An id must be 1 to 128 letters, digits or characters of "_.:/~+=-".`);
      continue;
    }
    if (documents.has(id)) problems.push(`${at}: The id ${id} occurs twice.`);
    if (typeof body !== 'string') {
      problems.push(`${at}: The document of the id ${id} is not a string.`);
      continue;
    }
    // Of a key that occurs twice, the text is that of its last place.
    documents.set(id, { id, text: body, place: (inner) => `${at}: document ${id}, line ${inner}` });
  }
  return [...documents.values()];
}

/** A document's id and text, and the line of its id. */
interface Entry {
  readonly id: unknown;
  readonly body: unknown;
  readonly line: number;
}

function entriesOf(manifest: object, keys: readonly JsonKey[], name: string, problems: string[]): Entry[] {
  if (!('format' in manifest)) {
    const values = manifest as Readonly<Record<string, unknown>>;
    const ids = keys.filter(({ depth }) => depth === 1);
    return ids.map((key) => ({ id: key.name, body: values[key.name], line: key.line }));
  }
  const { format, version, operations } = manifest as ApolloManifest;
  if (format !== APOLLO || version !== 1 || !Array.isArray(operations)) {
    problems.push(`${name}:1: The format must be "${APOLLO}", version 1, with a list of operations.`);
    return [];
  }
  for (const { name: key, line, isRepeated } of keys) {
    if (isRepeated && APOLLO_KEYS.has(key)) problems.push(`${name}:${line}: The key "${key}" occurs twice.`);
  }
  const idKeys = keys.filter((key) => key.depth === 3 && key.name === 'id' && !key.isRepeated).values();
  return operations.map((one: { id?: unknown; body?: unknown } | null) => {
    const hasId = typeof one === 'object' && one !== null && 'id' in one;
    return { id: one?.id, body: one?.body, line: (hasId && idKeys.next().value?.line) || 1 };
  });
}
