import { type GraphQLSchema, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { variableError } from './limits/check-variables.ts';
import { checkInput, type InputLimits, maxInputRule } from './limits/input-size.ts';

/** Rejects input that is too large before it is coerced, and variables at their first error. */
export function useInputLimits(schema: GraphQLSchema, limits: InputLimits): Plugin {
  const rule = maxInputRule(limits);
  return {
    onParams({ params }) {
      checkInput('variables', params.variables, limits);
      checkInput('extensions', params.extensions, limits);
    },
    onValidate({ addValidationRule }) {
      addValidationRule(rule as Parameters<typeof addValidationRule>[0]);
    },
    onExecute({ args: { document, operationName, variableValues }, setResultAndStopExecution }) {
      const operation = getOperationAST(document, operationName);
      const error = operation && variableError(schema, operation, variableValues);
      if (!error) return;
      // As yoga's executor has it, which would look for 50 errors.
      error.extensions.http = { status: 400 };
      setResultAndStopExecution({ errors: [error] });
    },
  };
}
