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

/**
 * What is made of Twilio's data alone. An answer that shows anything else, such as a credential or a caller,
 * is made anew each time; so is one that shows a type which was added since.
 */
const FROM_TWILIO_ALONE = new Set([
  'Query',
  'Account',
  'Delivery',
  'DeliveryError',
  'Media',
  'Message',
  'MessageConnection',
  'MessageEdge',
  'PageInfo',
  'Subaccount',
  'TwilioAccount',
]);

/** Whether answers to this operation may be given again, as long as what they were made of may be. */
export type IsKeepable = (document: DocumentNode, operation: OperationDefinitionNode) => boolean;

/** Looks through each document once: yoga's parser cache gives the same object each time. */
export function createIsKeepable(schema: GraphQLSchema): IsKeepable {
  const known = new WeakMap<DocumentNode, boolean>();
  return (document, operation) => {
    if (operation.operation !== 'query') return false;
    const before = known.get(document);
    if (before !== undefined) return before;
    const keepable = isFromTwilioAlone(schema, document);
    known.set(document, keepable);
    return keepable;
  };
}

function isFromTwilioAlone(schema: GraphQLSchema, document: DocumentNode): boolean {
  let keepable = true;
  const types = new TypeInfo(schema);
  // The whole document: its fragments, and other operations too, which are hardly ever there.
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const type = getNamedType(types.getType());
        if (!type || (isCompositeType(type) && !FROM_TWILIO_ALONE.has(type.name))) keepable = false;
      },
      InlineFragment: checkCondition,
      FragmentDefinition: checkCondition,
    }),
  );
  return keepable;

  function checkCondition() {
    const type = getNamedType(types.getType());
    if (!type || !FROM_TWILIO_ALONE.has(type.name)) keepable = false;
  }
}
