import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { cacheableTypes } from '../schema/cacheable-types.ts';
import type { CostFunction, QueryCosts } from './query-cost.ts';

/** Everything known about an operation once its document is parsed and validated. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Whether responses may be cached until the first of their resources expires. */
  readonly isCacheable: boolean;
  readonly costOf: CostFunction;
  /** Counts an execution. @returns compiled code once the operation repeats; null where graphql-js executes it */
  compiled(): CompiledOperation | null;
}

type CompiledOperation = (
  context: unknown,
  variables: Record<string, unknown> | undefined,
) => Promise<ExecutionResult>;

export type PreparedOperations = ReturnType<typeof createPreparedOperations>;

/** Compiling costs more than one execution saves. */
const COMPILE_AT_EXECUTION = 3;

/** Memory of one token's nodes, locations and compiled code. Measured, rounded up. */
const BYTES_PER_TOKEN = 1_000;
/** More operations than any client has; a client that generates its queries sends each only once. */
const MAX_OPERATIONS = 500;
const MAX_BYTES = 64 * 1024 * 1024;

/** Prepares operations once per text and operation name; the cache is limited in number and size. */
export function createPreparedOperations(schema: GraphQLSchema, costs: QueryCosts) {
  const isCacheable = createIsCacheable(schema);
  const cache = new LRUCache<string, PreparedOperation>({
    max: MAX_OPERATIONS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ document: { tokenCount = 0 } }, key) =>
      tokenCount * BYTES_PER_TOKEN + 2 * key.length + 1_000,
  });

  return {
    get: (query: string, operationName: string | null | undefined): PreparedOperation | undefined =>
      cache.get(keyOf(query, operationName)),
    /** Adds an operation of a document that was parsed and validated. */
    add(
      query: string,
      { document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>,
      operation: OperationDefinitionNode,
    ): PreparedOperation {
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
          code = code === undefined ? compile(schema, document, operation) : code;
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

/** Returns null for an operation that graphql-jit cannot compile as graphql-js would execute it. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, name, variableDefinitions = [] }: OperationDefinitionNode,
): CompiledOperation | null {
  if (operation !== 'query') return null;
  // `$id: ID! = "x"`: compiled code rejects a request that leaves out such a variable.
  const isRequiredWithDefault = variableDefinitions.some(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue !== undefined,
  );
  if (isRequiredWithDefault) return null;
  const compiled = compileQuery(schema, document, name?.value);
  if (!isCompiledQuery(compiled)) return null;
  return async (context, variables) =>
    (await compiled.query(undefined, context, variables)) as ExecutionResult;
}

/** Creates a function that tells whether an operation's document uses only cacheable types. */
export function createIsCacheable(schema: GraphQLSchema) {
  const cacheable = cacheableTypes(schema);

  return (document: DocumentNode, { operation }: OperationDefinitionNode): boolean => {
    let usesOnlyCacheable = operation === 'query';
    const types = new TypeInfo(schema);
    const checkCondition = () => {
      const type = getNamedType(types.getType());
      if (!type || !cacheable.has(type.name)) usesOnlyCacheable = false;
    };
    // Other operations of the document count too; there are hardly ever any.
    visit(
      document,
      visitWithTypeInfo(types, {
        Field() {
          const type = getNamedType(types.getType());
          if (!type || (isCompositeType(type) && !cacheable.has(type.name))) usesOnlyCacheable = false;
        },
        InlineFragment: checkCondition,
        FragmentDefinition: checkCondition,
      }),
    );
    return usesOnlyCacheable;
  };
}
