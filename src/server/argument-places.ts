import { type ASTNode, type DocumentNode, type GraphQLError, Kind, visit } from 'graphql';

/**
 * Adds to errors of values that stand in the text of a query where they stand, in the same form as for variables:
 * `filter.status[1]`, and for a default the name of its variable.
 */
export function addArgumentPlaces(document: DocumentNode, errors: readonly GraphQLError[]): void {
  const places = new Map<ASTNode, string | undefined>(
    errors.flatMap(({ nodes }) => (nodes?.[0] ? [[nodes[0], undefined]] : [])),
  );
  visit(document, {
    enter(node, _key, parent, path, ancestors) {
      if (parent && places.has(node)) places.set(node, placeOf([...ancestors, parent, node], path));
    },
  });
  for (const { nodes, extensions } of errors) {
    const place = nodes?.[0] && places.get(nodes[0]);
    if (place !== undefined) extensions.argument ??= place;
  }
}

/** @param chain the node and all it stands in, from the outside in; `path` has the key of each but the first */
function placeOf(
  chain: readonly (ASTNode | readonly ASTNode[])[],
  path: readonly (string | number)[],
): string | undefined {
  let place: string | undefined;
  for (const [index, one] of chain.entries()) {
    if (!('kind' in one)) {
      if (path[index - 1] === 'values') place += `[${path[index]}]`;
    } else if (one.kind === Kind.ARGUMENT) place = one.name.value;
    else if (one.kind === Kind.VARIABLE_DEFINITION) place = one.variable.name.value;
    else if (one.kind === Kind.OBJECT_FIELD) place += `.${one.name.value}`;
  }
  return place;
}
