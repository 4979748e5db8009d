import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  type SourceLocation,
  validate,
} from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';
import { schema } from '../schema/index.ts';

/** Beside `src` and, in the published package, beside `dist`. */
const FOLDER = new URL('../../operations/', import.meta.url);

/** Trusted documents that cannot be run. The message has a line for each problem, with its file, line and column. */
export class OperationsInvalidError extends Error {
  override readonly name = 'OperationsInvalidError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the trusted documents cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the trusted documents, by the name of their file without its ending, and validates all of them.
 *
 * @throws {OperationsInvalidError} with every problem of every file: each must hold one operation that fits the schema
 */
export function loadOperations(folder: URL = FOLDER): ReadonlyMap<string, DocumentNode> {
  // Joined as paths: in a URL a name with ":", "#", "?" or "%" would be something else.
  const path = fileURLToPath(folder);
  const files = readdirSync(path).filter((name) => name.endsWith('.graphql'));
  const operations = new Map<string, DocumentNode>();
  const problems: string[] = [];
  for (const file of files.sort()) {
    const found = loadOperation(join(path, file));
    if (Array.isArray(found))
      problems.push(...found.map((problem) => print(join(basename(path), file), problem)));
    else operations.set(basename(file, '.graphql'), found);
  }
  if (problems.length > 0) throw new OperationsInvalidError(problems);
  return operations;
}

interface Problem extends SourceLocation {
  readonly why: string;
}

const print = (file: string, { line, column, why }: Problem) => `${file}:${line}:${column}: ${why}`;

function loadOperation(file: string): DocumentNode | Problem[] {
  try {
    const document = parse(readFileSync(file, 'utf8'));
    const problems = validate(schema, document, undefined, { maxErrors: Number.POSITIVE_INFINITY }).map(
      toProblem,
    );
    const operations = document.definitions.filter((one) => one.kind === 'OperationDefinition');
    if (operations.length !== 1) {
      problems.push(problemAt(operations[1], `A document holds one operation, not ${operations.length}.`));
    }
    // Not looked at by graphql-js where the schema has none.
    for (const one of operations.filter(({ operation }) => !schema.getRootType(operation))) {
      problems.push(problemAt(one, `The schema has no ${one.operation}s.`));
    }
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    return problems.length > 0 ? problems : document;
  } catch (error) {
    return [toProblem(error)];
  }
}

function problemAt(node: OperationDefinitionNode | undefined, why: string): Problem {
  const { line = 1, column = 1 } = node?.loc?.startToken ?? {};
  return { line, column, why };
}

function toProblem(error: unknown): Problem {
  const [location] = (error instanceof GraphQLError && error.locations) || [];
  const why = error instanceof Error ? error.message : String(error);
  return { ...(location ?? { line: 1, column: 1 }), why };
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
 * @throws {DOCUMENT_NOT_TRUSTED} {OPERATION_UNKNOWN} {PERSISTED_QUERY_NOT_SUPPORTED} {BAD_REQUEST}
 * {BAD_USER_INPUT}
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
      if (params.query === undefined || params.query === null || params.query === '')
        throw gatewayError('BAD_REQUEST', 'query');
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
