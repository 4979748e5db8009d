import { type ASTNode, type DocumentNode, type GraphQLError, Kind, visit } from 'graphql';

/**
 * Adds to errors of literal values the path of the argument, as errors of variables have it: `filter.status[1]`, and
 * for a default the name of its variable.
 */
export function addArgumentPaths(document: DocumentNode, errors: readonly GraphQLError[]): void {
  const paths = new Map<ASTNode, string | undefined>(
    errors.flatMap(({ nodes }) => (nodes?.[0] ? [[nodes[0], undefined]] : [])),
  );
  visit(document, {
    enter(node, _key, parent, path, ancestors) {
      if (parent && paths.has(node)) paths.set(node, pathOf([...ancestors, parent, node], path));
    },
  });
  for (const { nodes, extensions } of errors) {
    const argument = nodes?.[0] && paths.get(nodes[0]);
    if (argument !== undefined) extensions.argument ??= argument;
  }
}

/** @param chain the node and all it stands in, from the outside in; `path` has the key of each but the first */
function pathOf(
  chain: readonly (ASTNode | readonly ASTNode[])[],
  path: readonly (string | number)[],
): string | undefined {
  let argument: string | undefined;
  for (const [index, one] of chain.entries()) {
    if (!('kind' in one)) {
      if (path[index - 1] === 'values') argument += `[${path[index]}]`;
    } else if (one.kind === Kind.ARGUMENT) argument = one.name.value;
    else if (one.kind === Kind.VARIABLE_DEFINITION) argument = one.variable.name.value;
    else if (one.kind === Kind.OBJECT_FIELD) argument += `.${one.name.value}`;
  }
  return argument;
}
