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
import { cacheableTypes } from '../../schema/cacheable-types.ts';

/** Whether answers to this operation may be given again, as long as what they were made of may be. */
export type IsKeepable = (document: DocumentNode, operation: OperationDefinitionNode) => boolean;

/** Looks through each document once: yoga's parser cache gives the same object each time. */
export function createIsKeepable(schema: GraphQLSchema): IsKeepable {
  const fromTwilio = cacheableTypes(schema);
  const known = new WeakMap<DocumentNode, boolean>();
  return (document, operation) => {
    if (operation.operation !== 'query') return false;
    const before = known.get(document);
    if (before !== undefined) return before;
    const keepable = isFromTwilioAlone(schema, document, fromTwilio);
    known.set(document, keepable);
    return keepable;
  };
}

function isFromTwilioAlone(
  schema: GraphQLSchema,
  document: DocumentNode,
  fromTwilio: ReadonlySet<string>,
): boolean {
  let keepable = true;
  const types = new TypeInfo(schema);
  // The whole document: its fragments, and other operations too, which are hardly ever there.
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const type = getNamedType(types.getType());
        if (!type || (isCompositeType(type) && !fromTwilio.has(type.name))) keepable = false;
      },
      InlineFragment: checkCondition,
      FragmentDefinition: checkCondition,
    }),
  );
  return keepable;

  function checkCondition() {
    const type = getNamedType(types.getType());
    if (!type || !fromTwilio.has(type.name)) keepable = false;
  }
}
