import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { type DocumentNode, GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { BadUserInputError } from '../errors/input.ts';
import { unknownVariable } from './unknown-variable.ts';

/**
 * Runs a known operation by its name: `{"documentId": "ListMessages", "variables": {…}}`, or the same two as
 * query parameters of a GET. With `only`, nothing else is run, not even the same text sent as a query: what
 * may be asked is then a list of names, which cannot be stretched by a way of writing.
 *
 * Rejects variables the operation does not have. GraphQL ignores them, but a caller cannot see by a name what it takes,
 * and a filter that is ignored answers other rows than were asked for.
 */
export function useTrustedDocuments(
  operations: ReadonlyMap<string, DocumentNode>,
  { only }: { only: boolean },
): Plugin {
  const known = [...operations.keys()].join(', ');
  const { onParams, ...plugin } = usePersistedOperations({
    allowArbitraryOperations: !only,
    getPersistedOperation: (name) => operations.get(name) ?? null,
    extractPersistedOperationId: documentIdOf,
    customErrors: {
      persistedQueryOnly: {
        message: `This gateway runs known operations only. Send "documentId" in the place of "query": ${known}.`,
        extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 403 } },
      },
      keyNotFound: {
        message: 'The request holds neither a "query" nor a "documentId". Send one of the two.',
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      },
      notFound: {
        message: `There is no operation of this name. Use one of: ${known}.`,
        extensions: { code: 'OPERATION_UNKNOWN', http: { status: 404 } },
      },
    },
  }) as Plugin;

  return {
    ...plugin,
    onParams(payload) {
      const { query, extensions, variables } = payload.params;
      if (query) return onParams?.(payload);
      const name = documentIdOf(payload.params, payload.request);
      if (name === null && extensions?.persistedQuery != null) throw persistedQueryNotSupported();
      const document = name === null ? undefined : operations.get(name);
      const operation = document && getOperationAST(document, payload.params.operationName);
      if (name !== null && operation) refuseUnknownVariable(name, operation, variables);
      return onParams?.(payload);
    },
  };
}

/**
 * A hash came in the place of a query. Apollo's client and urql compare the message, and then send the query itself.
 *
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
function persistedQueryNotSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', {
    extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 200 } },
  });
}

function refuseUnknownVariable(name: string, operation: OperationDefinitionNode, variables: unknown): void {
  const unknown = unknownVariable(operation, variables);
  if (unknown === undefined) return;
  // A longer one, or one with digits, may be anything, a phone number too.
  const told = /^[A-Za-z_]{1,40}$/.test(unknown);
  const takes = operation.variableDefinitions?.map(({ variable }) => variable.name.value).join(', ');
  const error = new BadUserInputError(
    `${name} does not take ${told ? `the variable "${unknown}"` : 'one of these variables'}. It takes ${takes || 'none'}.`,
    told ? { argument: unknown } : {},
  );
  // As for any other wrong variable: nothing was executed.
  error.extensions.http = { status: 400 };
  throw error;
}

function documentIdOf(params: object, request: Request): string | null {
  const { documentId } = params as { documentId?: unknown };
  if (typeof documentId === 'string') return documentId;
  if (request.method !== 'GET' || !request.url.includes('documentId=')) return null;
  return new URL(request.url).searchParams.get('documentId');
}
