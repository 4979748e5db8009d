import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { cacheableTypes } from '../schema/cacheable-types.ts';

/** Whether responses to this operation may be cached, as long as everything they are made of. */
export type IsCacheable = (document: DocumentNode, operation: OperationDefinitionNode) => boolean;

export function createIsCacheable(schema: GraphQLSchema): IsCacheable {
  const types = cacheableTypes(schema);
  return (document, { operation }) => operation === 'query' && usesOnly(types, schema, document);
}

/** Looks at the whole document: its fragments, and other operations too, which are hardly ever there. */
function usesOnly(names: ReadonlySet<string>, schema: GraphQLSchema, document: DocumentNode): boolean {
  let onlyThese = true;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const type = getNamedType(types.getType());
        if (!type || (isCompositeType(type) && !names.has(type.name))) onlyThese = false;
      },
      InlineFragment: checkCondition,
      FragmentDefinition: checkCondition,
    }),
  );
  return onlyThese;

  function checkCondition() {
    const type = getNamedType(types.getType());
    if (!type || !names.has(type.name)) onlyThese = false;
  }
}
