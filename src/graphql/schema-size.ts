import {
  __Schema,
  __Type,
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document-limits.ts';

const WHOLE_SCHEMA = parse(
  getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
);

/** Measures introspection, which reads nothing but the schema, before it is executed. */
export function createSchemaSize(schema: GraphQLSchema) {
  let max: number | undefined;
  return {
    /** Returns the bytes of an operation's introspection as JSON. Counting ends above `max`. */
    of(document: DocumentNode, operation: OperationDefinitionNode): number {
      return sizeOf(schema, document, operation, this.max);
    },
    /** Twice the whole schema, as tools request it. */
    get max(): number {
      max ??= 2 * sizeOf(schema, WHOLE_SCHEMA, getOperationAST(WHOLE_SCHEMA), Number.POSITIVE_INFINITY);
      return max;
    },
  };
}

function sizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode | null | undefined,
  max: number,
): number {
  const fragments = fragmentsOf(document);
  const info = { schema } as GraphQLResolveInfo;
  let bytes = 0;

  function addAll(set: SelectionSetNode | undefined, add: (field: FieldNode) => void): void {
    for (const selection of set?.selections ?? []) {
      if (bytes > max) return;
      if (selection.kind === Kind.FIELD) add(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) addAll(selection.selectionSet, add);
      else addAll(fragments.get(selection.name.value)?.selectionSet, add);
    }
  }

  function addRoot(field: FieldNode): void {
    if (field.name.value === '__schema') addObject(field, __Schema, schema);
    if (field.name.value !== '__type') return;
    const before = bytes;
    let largest = before;
    for (const type of namedTypes(schema, field)) {
      bytes = before;
      addObject(field, __Type, type);
      largest = Math.max(largest, bytes);
    }
    bytes = largest;
  }

  function addObject({ selectionSet }: FieldNode, type: GraphQLObjectType, source: unknown): void {
    bytes += 2;
    addAll(selectionSet, (field) => {
      bytes += (field.alias ?? field.name).value.length + 4;
      const definition = type.getFields()[field.name.value];
      const valueType = definition && getNamedType(definition.type);
      // Deprecated fields always count.
      const value = definition?.resolve?.(source, { includeDeprecated: true }, undefined, info);
      for (const item of Array.isArray(value) ? value : [value]) {
        if (isObjectType(valueType) && item != null) addObject(field, valueType, item);
        else bytes += Buffer.byteLength(String(item)) + 2;
      }
    });
  }

  addAll(operation?.selectionSet, addRoot);
  return bytes;
}

/** Returns the type that `__type(name:)` names, or all types if the name is a variable. */
function namedTypes(schema: GraphQLSchema, { arguments: args = [] }: FieldNode): GraphQLNamedType[] {
  const name = args[0]?.value;
  if (name?.kind !== Kind.STRING) return Object.values(schema.getTypeMap());
  const type = schema.getType(name.value);
  return type ? [type] : [];
}
