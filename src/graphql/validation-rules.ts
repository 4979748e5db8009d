import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import type { ASTVisitor, GraphQLError, ValidationContext, ValidationRule } from 'graphql';
import type { LimitSettings } from '../config/limits.ts';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import { toGraphQLError } from '../schema/graphql-error.ts';
import { maxFieldsRule } from './expanded-fields.ts';
import { type InputLimits, maxInputRule } from './input-limits.ts';

export interface RuleOptions {
  readonly limits: InputLimits & Pick<LimitSettings, 'maxAliases' | 'maxDirectives' | 'maxFields'>;
  readonly maxDepth: number;
  readonly introspection: boolean;
}

/** The gateway's validation rules, beside those of the GraphQL specification. */
export function validationRules({ limits, maxDepth, introspection }: RuleOptions): ValidationRule[] {
  const { maxAliases, maxDirectives, maxFields } = limits;
  return [
    hasRootType,
    maxInputRule(limits),
    maxDepthRule({
      ...rejectWith(maxDepth, (found) => gatewayError('QUERY_TOO_DEEP', 'fields', maxDepth, found)),
      flattenFragments: true,
    }) as ValidationRule,
    maxAliasesRule(
      rejectWith(maxAliases, (found) => gatewayError('TOO_MANY_ALIASES', maxAliases, found)),
    ) as ValidationRule,
    maxDirectivesRule(
      rejectWith(maxDirectives, (found) => gatewayError('TOO_MANY_DIRECTIVES', maxDirectives, found)),
    ) as ValidationRule,
    maxFieldsRule(maxFields),
    ...(introspection ? [] : [noIntrospection]),
  ];
}

/** The libraries' rules put the number they found into a sentence; our error replaces it. */
function rejectWith(n: number, errorOf: (found: number) => GatewayError) {
  return {
    n,
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, { message }: GraphQLError) => {
        const found = Number(/found (\d+)/.exec(message)?.[1]);
        context?.reportError(toGraphQLError(errorOf(found)));
      },
    ],
  };
}

/**
 * Rejects an operation whose kind the schema has no type for. graphql-js accepts its fields, and fails when it is
 * executed.
 *
 * @see https://spec.graphql.org/September2025/#sec-Operation-Type-Existence
 */
function hasRootType(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      context.reportError(toGraphQLError(gatewayError('OPERATION_NOT_SUPPORTED'), node));
      return false;
    },
  };
}

function noIntrospection(context: ValidationContext): ASTVisitor {
  let isReported = false;
  return {
    Field({ name: { value } }) {
      if (isReported || (value !== '__schema' && value !== '__type')) return;
      isReported = true;
      context.reportError(toGraphQLError(gatewayError('INTROSPECTION_DISABLED')));
    },
  };
}
