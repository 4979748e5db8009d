import {
  type ASTVisitor,
  type DocumentNode,
  Kind,
  type TypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { encodeGlobalId } from '../schema/global-id.ts';

/** A readable id. */
const SOME_ID = encodeGlobalId('Credential', '0');

const ID_ARGUMENTS = new Set(['id', 'ids']);
const someId = { kind: Kind.STRING, value: SOME_ID } as const;
const TO_SOME_ID: ASTVisitor = { StringValue: () => someId, IntValue: () => someId };

/**
 * Normalizes a query for the complexity plugin. Introspection fields are removed, for it would charge them
 * (`__typename` only where it is not counted as a value). Ids that cannot be read are replaced, for the plugin would
 * give up at them: the fields they belong to fail later, but all others are executed and must be charged.
 */
export function normalizeForCost(document: DocumentNode, { typenames = false } = {}): DocumentNode {
  const isRemoved = (name: string) => name.startsWith('__') && !(typenames && name === '__typename');
  return visit(document, {
    Field: ({ name }) => (isRemoved(name.value) ? null : undefined),
    Argument: (node) => (ID_ARGUMENTS.has(node.name.value) ? visit(node, TO_SOME_ID) : undefined),
    VariableDefinition: (node) => (nameOf(node.type) === 'ID' ? visit(node, TO_SOME_ID) : undefined),
  });
}

/** Replaces ids in variables likewise; their number stays. */
export function withoutIds(
  definitions: readonly VariableDefinitionNode[],
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, unknown> {
  const values = { ...variables };
  for (const { type, variable } of definitions) {
    const { value: name } = variable.name;
    if (nameOf(type) !== 'ID' || values[name] == null) continue;
    const value = values[name];
    values[name] = Array.isArray(value) ? value.map((id) => (id === null ? null : SOME_ID)) : SOME_ID;
  }
  return values;
}

function nameOf(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : nameOf(type.type);
}
