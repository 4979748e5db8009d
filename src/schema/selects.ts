import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';

/**
 * Whether a query selects this field below the one being resolved, e.g. `['nodes', 'account']`. Fragments are included;
 * directives are ignored, so a skipped field counts as selected.
 */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return info.fieldNodes.some(({ selectionSet }) => isSelected(selectionSet, path, info));
}

function isSelected(
  selectionSet: SelectionSetNode | undefined,
  path: readonly string[],
  info: GraphQLResolveInfo,
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === 'Field') {
      return selection.name.value === name && isSelected(selection.selectionSet, rest, info);
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value];
    return isSelected(fragment?.selectionSet, path, info);
  });
}
