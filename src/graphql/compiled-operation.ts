import type {
  DocumentNode,
  ExecutionResult,
  GraphQLSchema,
  OperationDefinitionNode,
  VariableDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { locateError } from './locate-error.ts';

/** Executes an operation by code that was compiled for it. */
export type CompiledOperation = (
  context: unknown,
  variables: Record<string, unknown> | undefined,
) => Promise<ExecutionResult>;

/** @returns null for an operation that graphql-jit cannot compile as graphql-js would execute it */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation | null {
  if (operation.operation !== 'query' || operation.variableDefinitions?.some(isRequiredWithDefault))
    return null;
  const name = operation.name?.value;
  const compiled = compileQuery(schema, document, name);
  if (!isCompiledQuery(compiled)) return null;
  return async (context, variables) => {
    const result = (await compiled.query(undefined, context, variables)) as ExecutionResult;
    if (!result.errors) return result;
    // Compiled errors do not say where in the query they belong; graphql-js's do.
    const errors = result.errors.map((error) => locateError(error, document, name, variables));
    return { errors, data: result.data ?? null };
  };
}

/** `$id: ID! = "x"`: compiled code rejects a request that leaves such a variable out. */
function isRequiredWithDefault({ type, defaultValue }: VariableDefinitionNode): boolean {
  return type.kind === 'NonNullType' && defaultValue !== undefined;
}
