import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DocumentNode, GraphQLError, Kind, parse, validate } from 'graphql';
import type { TrustedDocument } from '../admin/trusted-document.ts';
import { apiKeyIdOf, type Principal } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { schema } from '../schema/index.ts';
import type { DocumentCatalogue } from './document-catalogue.ts';
import { variablesOf } from './document-index.ts';

/** Beside `src` and, in the published package, beside `dist`. */
const FOLDER = new URL('../../operations/', import.meta.url);

/**
 * Reads and validates the trusted documents, by the name of their file without its ending.
 *
 * @throws {Error} with a line for each problem of each file: a document must have one operation that fits the schema
 */
export function loadOperations(folder: URL = FOLDER): ReadonlyMap<string, DocumentNode> {
  // Joined as paths: in a URL a name with ":", "#", "?" or "%" would be something else.
  const path = fileURLToPath(folder);
  const operations = new Map<string, DocumentNode>();
  const problems: string[] = [];
  for (const file of readdirSync(path).sort()) {
    if (!file.endsWith('.graphql')) continue;
    try {
      const document = parse(readFileSync(join(path, file), 'utf8'));
      operations.set(basename(file, '.graphql'), document);
      problems.push(...problemsOf(document).map((error) => describe(error, file)));
    } catch (error) {
      problems.push(describe(error as Error, file));
    }
  }
  if (problems.length === 0) return operations;
  const lines = problems.map((problem) => `  - ${join(basename(path), problem)}`);
  throw new Error(`the trusted documents cannot be used:\n${lines.join('\n')}`);
}

function problemsOf(document: DocumentNode): GraphQLError[] {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const problems = [...validate(schema, document, undefined, { maxErrors: Number.POSITIVE_INFINITY })];
  if (operations.length !== 1) {
    const message = `A document holds one operation, not ${operations.length}.`;
    problems.push(new GraphQLError(message, { nodes: operations.slice(1, 2) }));
  }
  // graphql-js does not check whether the schema has a type for the operation.
  for (const node of operations.filter(({ operation }) => !schema.getRootType(operation))) {
    problems.push(new GraphQLError(`The schema has no ${node.operation}s.`, { nodes: node }));
  }
  return problems.sort((a, b) => (a.positions?.[0] ?? 0) - (b.positions?.[0] ?? 0));
}

function describe(error: Error, file: string): string {
  const [location] = (error instanceof GraphQLError && error.locations) || [];
  return `${file}:${location?.line ?? 1}:${location?.column ?? 1}: ${error.message}`;
}

/** The gateway's own documents. A document is named after its file. */
export function shippedDocuments(): TrustedDocument[] {
  return [...loadOperations()].map(([name, document]) => ({
    documentId: name,
    name,
    text: document.loc?.source.body ?? '',
    source: 'GATEWAY',
    apiKeyIds: null,
    dateAdded: null,
  }));
}

/** The parameters of a GraphQL request. */
export interface GraphqlParams {
  query?: string;
  documentId?: unknown;
  /** The name that Relay's documentation gives to `documentId`. */
  doc_id?: unknown;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  extensions?: Record<string, unknown> | null;
}

/** The caller of a request, as far as it decides which documents there are. */
export interface DocumentSender {
  readonly principal: Pick<Principal, 'id'>;
  /** Whether the request may run trusted documents only. */
  readonly trustedOnly?: boolean | undefined;
}

export interface TrustedDocumentsOptions {
  readonly documents: Pick<DocumentCatalogue, 'find'>;
  /** The names of the gateway's own documents, for messages: those of other teams are nobody's business. */
  readonly shippedNames: readonly string[];
  readonly only: boolean;
}

/**
 * Replaces an id by the text of the trusted document: `{"documentId": "ListMessages", "variables": {…}}`. The id is in
 * `documentId`, Relay's `doc_id`, or the hash of `extensions.persistedQuery` that Apollo Client sends. With `only`, nothing
 * else is executed, not even the same text sent as a query.
 *
 * Rejects variables the operation does not have. GraphQL ignores them, but from a name alone a caller cannot see what
 * it takes, and a filter that is ignored returns other rows than were asked for.
 *
 * A document of other API keys is treated like one that does not exist.
 *
 * @throws {DOCUMENT_NOT_TRUSTED} {OPERATION_UNKNOWN} {PERSISTED_QUERY_NOT_SUPPORTED} {BAD_REQUEST} {BAD_USER_INPUT}
 */
export function createTrustedDocuments({
  documents,
  shippedNames,
  only: always,
}: TrustedDocumentsOptions): (params: GraphqlParams, sender: DocumentSender) => GraphqlParams {
  const known = shippedNames.join(', ');
  return (params, { principal, trustedOnly = false }) => {
    const only = always || trustedOnly;
    const { documentId, doc_id, ...rest } = params;
    if (params.query) {
      if (only) throw gatewayError('DOCUMENT_NOT_TRUSTED', known);
      return documentId == null && doc_id == null ? params : rest;
    }
    const named = documentId ?? doc_id;
    const persisted = params.extensions?.persistedQuery;
    const id = typeof named === 'string' ? named : hashIn(persisted);
    const document = id === undefined ? undefined : documents.find(id, apiKeyIdOf(principal));
    if (document) {
      rejectUnknownVariable(document.name, variablesOf(document), params.variables);
      return { ...rest, query: document.text };
    }
    if (typeof named === 'string' || (only && id !== undefined)) {
      throw gatewayError('OPERATION_UNKNOWN', known);
    }
    // Where queries are allowed, Apollo Client and urql send the query then.
    if (persisted != null) throw gatewayError('PERSISTED_QUERY_NOT_SUPPORTED');
    if (params.query == null || params.query === '') throw gatewayError('BAD_REQUEST', 'query');
    // Yoga rejects a query that is not a string.
    return params;
  };
}

function hashIn(persisted: unknown): string | undefined {
  if (typeof persisted !== 'object' || persisted === null || !('sha256Hash' in persisted)) return undefined;
  const { sha256Hash } = persisted;
  return typeof sha256Hash === 'string' && sha256Hash !== '' ? sha256Hash : undefined;
}

function rejectUnknownVariable(name: string, declared: readonly string[], variables: unknown): void {
  // Another check rejects variables that are not an object.
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return;
  const unknown = Object.keys(variables).find((one) => !declared.includes(one));
  if (unknown === undefined) return;
  // A longer name, or one with digits, may be anything, a phone number too.
  const isShown = /^[A-Za-z_]{1,40}$/.test(unknown);
  throw gatewayError(
    'BAD_USER_INPUT',
    `${name} does not take ${isShown ? `the variable "${unknown}"` : 'one of these variables'}. It takes ${declared.join(', ') || 'none'}.`,
    isShown ? unknown : undefined,
  );
}
