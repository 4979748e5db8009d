import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql';
import type { LimitSettings } from '../config/limits.ts';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import { toGraphQLError } from '../schema/graphql-error.ts';
import { maxInputRule } from './input-limits.ts';

export interface RuleOptions {
  readonly limits: LimitSettings;
  readonly maxDepth: number;
  readonly introspection: boolean;
}

/** The gateway's validation rules, beside those of the GraphQL specification. */
export function validationRules(options: RuleOptions): ValidationRule[] {
  return [
    hasRootType,
    maxInputRule(options.limits),
    maxSizeRule(options),
    ...(options.introspection ? [] : [noIntrospection]),
  ];
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

/** The size of an operation or a part of it, with its fragments expanded. */
interface Size {
  /** Nested fields; introspection by `__schema` is not counted. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields and fragments. */
  readonly fields: number;
}

/** Limits the size of each operation. */
const maxSizeRule =
  ({ limits: { maxAliases, maxDirectives, maxFields }, maxDepth }: RuleOptions) =>
  (context: ValidationContext): ASTVisitor => {
    // Fragments that spread others twice double their size with every few words, but each is measured once.
    const ofFragments = new Map<string, Size>();

    function sizeOf(node: OperationDefinitionNode | FragmentDefinitionNode | SelectionNode): Size {
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const size = sizeOfFragment(node.name.value);
        return { ...size, directives: size.directives + (node.directives?.length ?? 0) };
      }
      let depth = 0;
      let aliases = node.kind === Kind.FIELD && hasAlias(node) ? 1 : 0;
      let directives = node.directives?.length ?? 0;
      let fields = 0;
      for (const selection of node.selectionSet?.selections ?? []) {
        const part = sizeOf(selection);
        depth = Math.max(depth, part.depth);
        aliases += part.aliases;
        directives += part.directives;
        fields += part.fields + 1;
      }
      if (node.kind === Kind.FIELD) depth = node.name.value === '__schema' ? 0 : depth + 1;
      return { depth, aliases, directives, fields };
    }

    function sizeOfFragment(name: string): Size {
      const known = ofFragments.get(name);
      if (known) return known;
      // Another rule rejects a fragment that is unknown or spreads itself.
      const nothing = { depth: 0, aliases: 0, directives: 0, fields: 0 };
      ofFragments.set(name, nothing);
      const fragment = context.getFragment(name);
      const size = fragment ? sizeOf(fragment) : nothing;
      ofFragments.set(name, size);
      return size;
    }

    return {
      OperationDefinition(operation) {
        const { depth, aliases, directives, fields } = sizeOf(operation);
        const report = (error: GatewayError) => context.reportError(toGraphQLError(error));
        if (depth > maxDepth) report(gatewayError('QUERY_TOO_DEEP', 'fields', maxDepth, depth));
        if (aliases > maxAliases) report(gatewayError('TOO_MANY_ALIASES', maxAliases, aliases));
        if (directives > maxDirectives)
          report(gatewayError('TOO_MANY_DIRECTIVES', maxDirectives, directives));
        if (fields > maxFields) report(gatewayError('TOO_MANY_FIELDS', maxFields, fields));
      },
    };
  };

function hasAlias({ alias, name }: FieldNode): boolean {
  return alias !== undefined && alias.value !== '__typename' && name.value !== '__typename';
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

/**
 * Adds to the error about a field of a list's items, such as `messages { sid }`, where the items are. As a suggestion, which
 * SUGGESTIONS=off removes.
 */
export function addNodesHint(schema: GraphQLSchema, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const [, field = '', typeName = ''] =
      /^Cannot query field "(\w+)" on type "(\w+Connection)"\./.exec(error.message) ?? [];
    const type = schema.getType(typeName);
    const nodes = isObjectType(type) ? getNamedType(type.getFields().nodes?.type) : undefined;
    if ((isObjectType(nodes) || isInterfaceType(nodes)) && nodes.getFields()[field]) {
      error.message = `Cannot query field "${field}" on type "${typeName}". Did you mean "nodes { ${field} }"?`;
    }
  }
}

/**
 * Adds the argument's path to errors of literal values, in the form that errors of variables have: `filter.status[1]`;
 * for a default value, it begins with the variable's name.
 */
export function addArgumentPaths(document: DocumentNode, errors: readonly GraphQLError[]): void {
  const paths = new Map<ASTNode, string | undefined>(
    errors.flatMap(({ nodes }) => (nodes?.[0] ? [[nodes[0], undefined]] : [])),
  );
  visit(document, {
    enter(node, _key, parent, path, ancestors) {
      if (parent && paths.has(node)) paths.set(node, pathOf([...ancestors, parent, node], path));
    },
  });
  for (const { nodes, extensions } of errors) {
    const argument = nodes?.[0] && paths.get(nodes[0]);
    if (argument !== undefined) extensions.argument ??= argument;
  }
}

/** @param chain the node and its ancestors, outermost first; `path` has the key of each but the first */
function pathOf(
  chain: readonly (ASTNode | readonly ASTNode[])[],
  path: readonly (string | number)[],
): string | undefined {
  let argument: string | undefined;
  for (const [index, one] of chain.entries()) {
    if (!('kind' in one)) {
      if (path[index - 1] === 'values') argument += `[${path[index]}]`;
    } else if (one.kind === Kind.ARGUMENT) argument = one.name.value;
    else if (one.kind === Kind.VARIABLE_DEFINITION) argument = one.variable.name.value;
    else if (one.kind === Kind.OBJECT_FIELD) argument += `.${one.name.value}`;
  }
  return argument;
}
