import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';
import { schema } from '../schema/index.ts';

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

/** The parameters of a GraphQL request. */
export interface GraphqlParams {
  query?: string;
  documentId?: unknown;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  extensions?: Record<string, unknown> | null;
}

/**
 * Replaces a `documentId` by the text of the trusted document: `{"documentId": "ListMessages", "variables": {…}}`.
 * With `only`, nothing else is executed, not even the same text sent as a query.
 *
 * Rejects variables the operation does not have. GraphQL ignores them, but from a name alone a caller cannot see what
 * it takes, and a filter that is ignored returns other rows than were asked for.
 *
 * @throws {DOCUMENT_NOT_TRUSTED} {OPERATION_UNKNOWN} {PERSISTED_QUERY_NOT_SUPPORTED} {BAD_REQUEST} {BAD_USER_INPUT}
 */
export function createTrustedDocuments(
  operations: ReadonlyMap<string, DocumentNode>,
  { only }: { only: boolean },
): (params: GraphqlParams) => GraphqlParams {
  const known = [...operations.keys()].join(', ');
  return (params) => {
    const { documentId, ...rest } = params;
    if (params.query) {
      if (only) throw gatewayError('DOCUMENT_NOT_TRUSTED', known);
      return documentId == null ? params : rest;
    }
    if (typeof documentId !== 'string') {
      if (params.extensions?.persistedQuery != null) throw gatewayError('PERSISTED_QUERY_NOT_SUPPORTED');
      if (params.query == null || params.query === '') throw gatewayError('BAD_REQUEST', 'query');
      // Yoga rejects a query that is not a string.
      return params;
    }
    const document = operations.get(documentId);
    if (!document) throw gatewayError('OPERATION_UNKNOWN', known);
    const operation = getOperationAST(document, params.operationName);
    if (operation) rejectUnknownVariable(documentId, operation, params.variables);
    return { ...rest, query: document.loc?.source.body ?? '' };
  };
}

function rejectUnknownVariable(
  name: string,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: unknown,
): void {
  // Another check rejects variables that are not an object.
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return;
  const declared = variableDefinitions.map(({ variable }) => variable.name.value);
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
