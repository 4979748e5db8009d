import {
  type ASTVisitor,
  type DocumentNode,
  Kind,
  type TypeNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { encodeGlobalId } from '../../schema/global-id.ts';

/** Any that can be read. */
const SOME_ID = encodeGlobalId('Credential', '0');

const ID_ARGUMENTS = new Set(['id', 'ids']);
const someId = { kind: Kind.STRING, value: SOME_ID } as const;
const TO_SOME_ID: ASTVisitor = { StringValue: () => someId, IntValue: () => someId };

/**
 * Makes a query the complexity plugin can judge as we mean it: fields about the schema, which it would charge
 * for, are left out (`__typename` only where it is no value of the response); and ids that cannot be read, at which it would give up, are replaced. The fields they stand
 * at fail by themselves later on, but all others are executed, so that the query must have been judged.
 */
export function judgeable(document: DocumentNode, { typenames = false } = {}): DocumentNode {
  const isLeftOut = (name: string) => name.startsWith('__') && !(typenames && name === '__typename');
  return visit(document, {
    Field: ({ name }) => (isLeftOut(name.value) ? null : undefined),
    Argument: (node) => (ID_ARGUMENTS.has(node.name.value) ? visit(node, TO_SOME_ID) : undefined),
    VariableDefinition: (node) => (nameOf(node.type) === 'ID' ? visit(node, TO_SOME_ID) : undefined),
  });
}

/** Likewise for ids in variables; how many there are stays. */
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
