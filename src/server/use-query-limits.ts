import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { type GraphQLError, type ParseOptions, parse, type Source, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TooManyAliasesError, TooManyDirectivesError } from '../errors/limits.ts';
import { checkText } from './limits/check-text.ts';
import { checkRepeatedFields } from './limits/repeated-fields.ts';
import type { LimitSettings } from './limits/settings.ts';
import { maxFieldsRule } from './limits/written-out.ts';

type Limits = Pick<LimitSettings, 'maxAliases' | 'maxDirectives' | 'maxFields' | 'maxTokens'>;

/** Refuses a text with too many tokens before it is parsed, then a query with too many of the rest. */
export function useQueryLimits({ maxAliases, maxDirectives, maxFields, maxTokens }: Limits): Plugin {
  const rules = [
    maxAliasesRule(rejecting(maxAliases, (found) => new TooManyAliasesError(maxAliases, found))),
    maxDirectivesRule(rejecting(maxDirectives, (found) => new TooManyDirectivesError(maxDirectives, found))),
    maxFieldsRule(maxFields),
  ];
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: ParseOptions) => {
        checkText(typeof source === 'string' ? source : source.body, maxTokens);
        const document = parse(source, options);
        checkRepeatedFields(document, maxFields);
        return document;
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
