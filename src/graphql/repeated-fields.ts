import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';

/** Pairs of fields under one name that validation may have to compare; a query of fragments has a few thousand. */
const MAX_PAIRS = 50_000;

/**
 * Rejects a document in which the same response name is selected too often in one place. Validation compares each of
 * these fields with each other, and all that is below them: 11 kB of `viewer { a: name } viewer { a: role } …` keep it
 * busy for seconds. To be called before validation, which has no limit of its own.
 *
 * @throws {TOO_MANY_REPEATED_FIELDS}
 * @throws {TOO_MANY_FIELDS} for more than `maxFields` fields after fragment expansion
 */
export function checkRepeatedFields({ definitions }: DocumentNode, maxFields: number): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) if (one.kind === 'FragmentDefinition') fragments.set(one.name.value, one);
  let fields = 0;
  let pairs = 0;

  /** Selection sets that are merged into one object of the response. */
  function visit(sets: readonly SelectionSetNode[]): void {
    const byName = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const set of sets) collect(set, byName, spread);
    for (const same of byName.values()) {
      pairs += same.length * (same.length - 1);
      if (pairs > MAX_PAIRS) throw gatewayError('TOO_MANY_REPEATED_FIELDS', MAX_PAIRS, pairs);
      const below = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) visit(below);
    }
  }

  function collect(
    { selections }: SelectionSetNode,
    byName: Map<string, FieldNode[]>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      fields += 1;
      if (fields > maxFields) throw gatewayError('TOO_MANY_FIELDS', maxFields, fields);
      if (selection.kind === 'Field') {
        const { value } = selection.alias ?? selection.name;
        const same = byName.get(value);
        if (same) same.push(selection);
        else byName.set(value, [selection]);
      } else if (selection.kind === 'InlineFragment') {
        collect(selection.selectionSet, byName, spread);
      } else if (!spread.has(selection.name.value)) {
        // As in execution, a fragment counts once in one place; so it cannot lead back to itself there.
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet, byName, spread);
      }
    }
  }

  for (const definition of definitions) {
    if (!('selectionSet' in definition)) continue;
    fields = 0;
    visit([definition.selectionSet]);
  }
}
