import type { ASTVisitor, ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OperationNotSupportedError } from '../errors/input.ts';

/**
 * Rejects an operation whose kind the schema has no type for. graphql-js finds nothing wrong with its fields and
 * fails when it is executed. https://spec.graphql.org/September2025/#sec-Operation-Type-Existence
 */
export function useKnownOperations(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(hasRootType);
    },
  };
}

function hasRootType(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      context.reportError(new OperationNotSupportedError(node));
      return false;
    },
  };
}
