import type { OperationDefinitionNode } from 'graphql';

/** The first variable that was sent and that the operation does not declare; undefined where there is none. */
export function unknownVariable(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: unknown,
): string | undefined {
  // What is no object at all is told of as such.
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return undefined;
  const declared = new Set(variableDefinitions.map(({ variable }) => variable.name.value));
  return Object.keys(variables).find((name) => !declared.has(name));
}
