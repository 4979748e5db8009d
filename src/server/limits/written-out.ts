import type { ASTVisitor, FragmentDefinitionNode, SelectionSetNode, ValidationContext } from 'graphql';
import { TooManyFieldsError } from '../../errors/limits.ts';

/**
 * Refuses a query that has too many fields once its fragments are written out. Fragments that name others twice
 * each double what some code walks through, with every few words: 40 of them keep a compiler busy for ever.
 */
export const maxFieldsRule =
  (maxFields: number) =>
  (context: ValidationContext): ASTVisitor => {
    const known = new Map<FragmentDefinitionNode, number>();

    function countFragment(fragment: FragmentDefinitionNode | null | undefined): number {
      if (!fragment) return 0;
      const count = known.get(fragment);
      if (count !== undefined) return count;
      // One that leads back to itself is refused by another rule.
      known.set(fragment, 0);
      const counted = countSelections(fragment.selectionSet);
      known.set(fragment, counted);
      return counted;
    }

    function countSelections(selectionSet: SelectionSetNode | undefined): number {
      let count = 0;
      for (const selection of selectionSet?.selections ?? []) {
        count += 1;
        count +=
          selection.kind === 'FragmentSpread'
            ? countFragment(context.getFragment(selection.name.value))
            : countSelections(selection.selectionSet);
      }
      return count;
    }

    return {
      OperationDefinition({ selectionSet }) {
        const actual = countSelections(selectionSet);
        if (actual > maxFields) context.reportError(new TooManyFieldsError(maxFields, actual));
      },
    };
  };
