import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Refuses a query nested deeper than `maxDepth` before anything is executed. Introspection is free. */
export function useMaxDepth(maxDepth: number): Plugin {
  const rule = maxDepthRule({
    n: maxDepth,
    flattenFragments: true,
    propagateOnRejection: false,
    onReject: [
      (context, error) => {
        const found = Number(/found (\d+)/.exec(error.message)?.[1]);
        context?.reportError(
          new GraphQLError(
            `The query is ${found} levels deep; ${maxDepth} are allowed. Ask for the inner parts in a query of their own.`,
            { extensions: { code: 'QUERY_TOO_DEEP', limit: maxDepth, actual: found } },
          ),
        );
      },
    ],
  });
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(rule as Parameters<typeof addValidationRule>[0]);
    },
  };
}
