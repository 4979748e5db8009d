import type { ExecutionResult } from 'graphql';
import type { KnownQuery } from './direct/known-queries.ts';
import { locateError } from './locate-error.ts';

/** Executes a compiled query; its errors say where in the query they belong, as graphql-js's do. */
export async function executeCompiled(
  { compiled, document, operation }: KnownQuery,
  rootValue: unknown,
  context: unknown,
  variables: Record<string, unknown> | undefined,
): Promise<ExecutionResult> {
  const result = (await compiled.query(rootValue, context, variables)) as ExecutionResult;
  if (!result.errors) return result;
  const errors = result.errors.map((error) => locateError(error, document, operation.name?.value, variables));
  return { errors, data: result.data ?? null };
}
