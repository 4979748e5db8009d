import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { type GraphQLError, parse, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TooManyAliasesError, TooManyDirectivesError, TooManyTokensError } from '../errors/limits.ts';
import type { LimitSettings } from './limits/settings.ts';

type Limits = Pick<LimitSettings, 'maxAliases' | 'maxDirectives' | 'maxTokens'>;

/** Refuses a text with too many tokens while it is parsed, then a query with too many aliases or directives. */
export function useQueryLimits({ maxAliases, maxDirectives, maxTokens }: Limits): Plugin {
  const rules = [
    maxAliasesRule(rejecting(maxAliases, (found) => new TooManyAliasesError(maxAliases, found))),
    maxDirectivesRule(rejecting(maxDirectives, (found) => new TooManyDirectivesError(maxDirectives, found))),
  ];
  return {
    onParse({ setParseFn }) {
      setParseFn((source: Parameters<typeof parse>[0], options: Parameters<typeof parse>[1]) => {
        try {
          return parse(source, { ...options, maxTokens });
        } catch (error) {
          // graphql-js tells this refusal from a mistake in the text by its words alone.
          if (/more th[ae][nt] \d+ tokens/.test((error as Error).message))
            throw new TooManyTokensError(maxTokens);
          throw error;
        }
      });
    },
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule as Parameters<typeof addValidationRule>[0]);
    },
  };
}

/** The rules say what they found in a sentence; ours is put in its place. */
function rejecting(n: number, refusal: (found: number) => GraphQLError) {
  return {
    n,
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, { message }: GraphQLError) => {
        context?.reportError(refusal(Number(/found (\d+)/.exec(message)?.[1])));
      },
    ],
  };
}
