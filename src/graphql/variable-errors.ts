import {
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
export type Variables = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Finds the first error in an operation's variables. Not all of them: each error prints the value it is about, and
 * one value may have as many errors as it has keys.
 */
export function variableError(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): GraphQLError | undefined {
  if (variableDefinitions.length === 0) return undefined;
  return getVariableValues(schema, variableDefinitions, variables ?? {}, { maxErrors: 1 }).errors?.[0];
}
