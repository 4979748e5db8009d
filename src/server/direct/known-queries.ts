import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { bytesOf } from '../parsed-documents.ts';

/** A query that has been parsed, found valid and compiled. */
export interface KnownQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly compiled: CompiledQuery;
  readonly keepable: boolean;
}

/** Known queries, by their text and the name of the operation in it. */
export interface KnownQueries {
  get(query: string, operationName: string | undefined): KnownQuery | undefined;
  set(query: string, operationName: string | undefined, known: KnownQuery): void;
}

/** More than any client has. */
const MOST = 500;
/** Each holds its text, its document, and code of about the document's size. */
const MOST_BYTES = 64 * 1024 * 1024;

export function createKnownQueries(): KnownQueries {
  const known = new LRUCache<string, KnownQuery>({
    max: MOST,
    maxSize: MOST_BYTES,
    sizeCalculation: ({ document }, key) => 2 * bytesOf(document, key),
  });
  return {
    get: (query, operationName) => known.get(keyOf(query, operationName)),
    set: (query, operationName, entry) => void known.set(keyOf(query, operationName), entry),
  };
}

/** No two pairs have the same one, and an empty name is not the same as none. */
function keyOf(query: string, operationName: string | undefined): string {
  return operationName === undefined ? `:${query}` : `${operationName.length}:${operationName}${query}`;
}
