import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Runs a known operation by its name: `{"documentId": "ListMessages", "variables": {…}}`, or the same two as
 * query parameters of a GET. With `only`, nothing else is run, not even the same text sent as a query: what
 * may be asked is then a list of names, which cannot be stretched by a way of writing.
 */
export function useTrustedDocuments(
  operations: ReadonlyMap<string, DocumentNode>,
  { only }: { only: boolean },
): Plugin {
  const known = [...operations.keys()].join(', ');
  return usePersistedOperations({
    allowArbitraryOperations: !only,
    getPersistedOperation: (name) => operations.get(name) ?? null,
    extractPersistedOperationId: (params, request) => {
      const { documentId } = params as { documentId?: unknown };
      if (typeof documentId === 'string') return documentId;
      if (request.method !== 'GET' || !request.url.includes('documentId=')) return null;
      return new URL(request.url).searchParams.get('documentId');
    },
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
}
