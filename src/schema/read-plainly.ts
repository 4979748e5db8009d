import { type GraphQLSchema, isObjectType } from 'graphql';

/**
 * Takes away the resolvers of exposed fields: the default one reads the same property, and code compiled from
 * a query then reads it in place, where a resolver costs three closures, its arguments and its path for every
 * field of every message.
 */
export function readPlainly(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.extensions.pothosExposedField === field.name) delete field.resolve;
    }
  }
  return schema;
}
