import type { ASTVisitor, FragmentDefinitionNode, SelectionSetNode, ValidationContext } from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';
import { toGraphQLError } from '../schema/graphql-error.ts';

/**
 * Rejects a query that has too many fields once its fragments are expanded. Fragments that name others twice double
 * the work of whatever walks through them, with every few words.
 */
export const maxFieldsRule =
  (maxFields: number) =>
  (context: ValidationContext): ASTVisitor => {
    const known = new Map<FragmentDefinitionNode, number>();

    function countFragment(fragment: FragmentDefinitionNode | null | undefined): number {
      if (!fragment) return 0;
      const count = known.get(fragment);
      if (count !== undefined) return count;
      // Another rule rejects a fragment that spreads itself.
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
        if (actual > maxFields)
          context.reportError(toGraphQLError(gatewayError('TOO_MANY_FIELDS', maxFields, actual)));
      },
    };
  };
