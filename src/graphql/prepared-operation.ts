import type { DocumentNode, ExecutionArgs, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { createIsCacheable } from './cacheable.ts';
import { type CompiledOperation, compileOperation } from './compiled-operation.ts';
import type { CostFunction, QueryCosts } from './query-cost.ts';

/** Everything that is known of an operation once its document was parsed and validated. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Whether its responses may be cached for as long as everything they are made of. */
  readonly isCacheable: boolean;
  readonly costOf: CostFunction;
  /** Counts an execution. @returns compiled code once the operation repeats; null where graphql-js executes it */
  compiled(): CompiledOperation | null;
}

export interface PreparedOperations {
  get(query: string, operationName: string | null | undefined): PreparedOperation | undefined;
  /** Remembers a document that was parsed and validated. */
  add(
    query: string,
    args: Pick<ExecutionArgs, 'document' | 'operationName'>,
    operation: OperationDefinitionNode,
  ): PreparedOperation;
}

/** Compiling costs more than one execution saves. */
const COMPILE_AT_EXECUTION = 3;

/** Memory of one token once it is parsed and compiled: its nodes, their locations, and code. Measured, rounded up. */
const BYTES_PER_TOKEN = 1_000;
/** More operations than any client has. A client that makes up its queries sends each only once. */
const MAX_OPERATIONS = 500;
const MAX_BYTES = 64 * 1024 * 1024;

/** Prepares operations once per text and operation name, and keeps them within a number and a size. */
export function createPreparedOperations(schema: GraphQLSchema, costs: QueryCosts): PreparedOperations {
  const isCacheable = createIsCacheable(schema);
  const cache = new LRUCache<string, PreparedOperation>({
    max: MAX_OPERATIONS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ document: { tokenCount = 0 } }, key) =>
      tokenCount * BYTES_PER_TOKEN + 2 * key.length + 1_000,
  });

  return {
    get: (query, operationName) => cache.get(keyOf(query, operationName)),
    add(query, { document, operationName }, operation) {
      let executions = 0;
      let code: CompiledOperation | null | undefined;
      const prepared: PreparedOperation = {
        document,
        operation,
        isCacheable: isCacheable(document, operation),
        costOf: costs.functionOf(document, operation),
        compiled() {
          executions += 1;
          if (executions < COMPILE_AT_EXECUTION) return null;
          code = code === undefined ? compileOperation(schema, document, operation) : code;
          return code;
        },
      };
      cache.set(keyOf(query, operationName), prepared);
      return prepared;
    },
  };
}

/** Unambiguous: an empty operation name differs from none. */
function keyOf(query: string, operationName: string | null | undefined): string {
  return operationName == null ? `:${query}` : `${operationName.length}:${operationName}${query}`;
}
