import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  getOperationAST,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type Variables = Record<string, unknown> | undefined;

/**
 * Makes a GraphQLError of what compiled code put in its place, which does not say in the answer where in the
 * query its field stands. A field may stand there more than once.
 */
export function locateError(
  error: GraphQLError,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Variables,
): GraphQLError {
  const { message, path, originalError, extensions } = error;
  const nodes = path ? fieldsAt(document, operationName, path, variables) : [];
  return new GraphQLError(message, {
    ...(nodes.length > 0 ? { nodes } : {}),
    ...(path ? { path } : {}),
    extensions,
    ...(originalError ? { originalError } : {}),
  });
}

function fieldsAt(
  document: DocumentNode,
  operationName: string | null | undefined,
  path: readonly (string | number)[],
  variables: Variables,
): readonly FieldNode[] {
  let sets: readonly (SelectionSetNode | undefined)[] = [
    getOperationAST(document, operationName)?.selectionSet,
  ];
  let fields: readonly FieldNode[] = [];
  for (const key of path) {
    // An index of a list stands for no field.
    if (typeof key === 'number') continue;
    fields = sets.flatMap((set) => findFields(document, set, key, variables));
    sets = fields.map(({ selectionSet }) => selectionSet);
  }
  return fields;
}

function findFields(
  document: DocumentNode,
  selectionSet: SelectionSetNode | undefined,
  key: string,
  variables: Variables,
): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (!isIncluded(selection, variables)) return [];
    if (selection.kind === 'Field') {
      return (selection.alias ?? selection.name).value === key ? [selection] : [];
    }
    const fragment =
      selection.kind === 'InlineFragment'
        ? selection
        : document.definitions.find(
            (one) => one.kind === 'FragmentDefinition' && one.name.value === selection.name.value,
          );
    return fragment && 'selectionSet' in fragment
      ? findFields(document, fragment.selectionSet, key, variables)
      : [];
  });
}

/** Variables as they came: one that is left to its default is not among them. */
function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  if (!selection.directives?.length) return true;
  try {
    return (
      getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false
    );
  } catch {
    return true;
  }
}
