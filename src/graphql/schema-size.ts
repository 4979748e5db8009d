import {
  __Schema,
  __Type,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
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

/** Measures introspection. It reads nothing but the schema, so that its size is known before it is executed. */
export interface SchemaSize {
  /** In bytes, as JSON. Counting ends above `max`. */
  of(document: DocumentNode, operation: OperationDefinitionNode): number;
  /** Twice the whole schema, as tools ask for it. */
  readonly max: number;
}

const WHOLE_SCHEMA = parse(
  getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
);

export function createSchemaSize(schema: GraphQLSchema): SchemaSize {
  let max: number | undefined;
  return {
    of(document, operation) {
      return sizeOf(schema, document, operation, this.max);
    },
    get max() {
      max ??= 2 * sizeOf(schema, WHOLE_SCHEMA, getOperationAST(WHOLE_SCHEMA), Number.POSITIVE_INFINITY);
      return max;
    },
  };
}

function sizeOf(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode | null | undefined,
  max: number,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
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

/** The type that `__type(name:)` names; any that it may be where the name is in a variable. */
function namedTypes(schema: GraphQLSchema, { arguments: args = [] }: FieldNode): GraphQLNamedType[] {
  const name = args[0]?.value;
  if (name?.kind !== Kind.STRING) return Object.values(schema.getTypeMap());
  const type = schema.getType(name.value);
  return type ? [type] : [];
}
