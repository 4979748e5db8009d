import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  getOperationAST,
  type SelectionSetNode,
} from 'graphql';

/**
 * Makes a GraphQLError of what compiled code put in its place, which does not say in the answer where in the
 * query its field stands.
 */
export function locateError(
  error: GraphQLError,
  document: DocumentNode,
  operationName: string | null | undefined,
): GraphQLError {
  if (!error.path) return error;
  const field = fieldAt(document, operationName, error.path);
  if (!field) return error;
  const { message, path, originalError, extensions } = error;
  return new GraphQLError(message, {
    nodes: field,
    path,
    extensions,
    ...(originalError ? { originalError } : {}),
  });
}

function fieldAt(
  document: DocumentNode,
  operationName: string | null | undefined,
  path: readonly (string | number)[],
): FieldNode | undefined {
  let selections: SelectionSetNode | undefined = getOperationAST(document, operationName)?.selectionSet;
  let field: FieldNode | undefined;
  for (const key of path) {
    // An index of a list stands for no field.
    if (typeof key === 'number') continue;
    field = findField(document, selections, key);
    selections = field?.selectionSet;
  }
  return field;
}

function findField(
  document: DocumentNode,
  selectionSet: SelectionSetNode | undefined,
  key: string,
): FieldNode | undefined {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === 'Field') {
      if ((selection.alias ?? selection.name).value === key) return selection;
      continue;
    }
    const fragment =
      selection.kind === 'InlineFragment'
        ? selection
        : document.definitions.find(
            (one) => one.kind === 'FragmentDefinition' && one.name.value === selection.name.value,
          );
    const found = fragment && 'selectionSet' in fragment && findField(document, fragment.selectionSet, key);
    if (found) return found;
  }
  return undefined;
}
