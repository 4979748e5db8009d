import type { GraphQLError, ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { IntrospectionDisabledError } from '../errors/limits.ts';
import type { HttpSettings } from './http/settings.ts';

/** Keeps the schema from those who do not have it: no introspection, and no "Did you mean" in errors. */
export function useClosedSchema({
  introspection,
  suggestions,
}: Pick<HttpSettings, 'introspection' | 'suggestions'>): Plugin {
  return {
    onValidate({ addValidationRule }) {
      if (!introspection) addValidationRule(noIntrospection);
    },
    onResultProcess({ result }) {
      if (suggestions || Array.isArray(result) || !('errors' in result)) return;
      for (const error of result.errors ?? []) withoutSuggestion(error);
    },
  };
}

const noIntrospection: ValidationRule = (context) => {
  let told = false;
  return {
    Field({ name: { value } }) {
      if (told || (value !== '__schema' && value !== '__type')) return;
      told = true;
      context.reportError(new IntrospectionDisabledError());
    },
  };
};

/** graphql-js ends its sentences with what it knows: fields, types, arguments, enum values. */
function withoutSuggestion(error: GraphQLError): void {
  const { message } = error;
  const start = message.indexOf(' Did you mean ');
  if (start >= 0 && message.endsWith('?')) error.message = message.slice(0, start);
}
