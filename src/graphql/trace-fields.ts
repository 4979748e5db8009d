import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { GatewayContext } from '../context.ts';

/** All gateways of a process share one schema, whose resolvers are wrapped once. */
const wrapped = new WeakSet<GraphQLSchema>();

/**
 * Adds root fields, and fields that may need the network (nullable objects and lists of them), to the trace of a
 * request. Call it before any operation is compiled, and only where tracing is on.
 */
export function traceFields(schema: GraphQLSchema): void {
  if (wrapped.has(schema)) return;
  wrapped.add(schema);
  const roots = [schema.getQueryType(), schema.getMutationType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isRoot = roots.includes(type);
    for (const field of Object.values(type.getFields())) {
      if (isRoot || mayNeedNetwork(field)) wrap(field, `${type.name}.${field.name}`, isRoot);
    }
  }
}

function mayNeedNetwork({ type }: Field): boolean {
  return !isNonNullType(type) && isCompositeType(getNamedType(type));
}

type Field = GraphQLField<unknown, GatewayContext>;

function wrap(field: Field, name: string, isRoot: boolean): void {
  const { resolve } = field;
  if (!resolve) return;
  field.resolve = (source, args, context, info) => {
    const { trace } = context.scope;
    if (!trace) return resolve(source, args, context, info);
    return trace.field(name, isRoot, () => resolve(source, args, context, info));
  };
}
