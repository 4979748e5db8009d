import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { asError } from '../loaders/explain-refusal.ts';
import { plainField } from './cost.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';
import { cursorArguments, nodeQueries, pageInfo } from './relay-options.ts';

export interface GatewaySchemaTypes {
  Context: GatewayContext;
  DefaultFieldNullability: false;
  DefaultNodeNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  Scalars: {
    ID: { Input: string; Output: string };
    AccountSid: { Input: string; Output: string };
    MessageSid: { Input: string; Output: string };
    Address: { Input: string; Output: string };
    Date: { Input: Date; Output: Date };
    DateTime: { Input: Date; Output: Date | string };
    Decimal: { Input: string; Output: string };
    Currency: { Input: string; Output: string };
    URL: { Input: URL; Output: string };
  };
}

/** The words for every `id`, which the types repeat from the Node interface. */
export const ID_DESCRIPTION = 'Finds this again with `Query.node`. Opaque, and lasting.';

/** Holds no domain type: each of those has a file of its own, together with its queries. */
export const builder = new SchemaBuilder<GatewaySchemaTypes>({
  plugins: [RelayPlugin, ComplexityPlugin],
  // A query's cost is judged before it is executed (src/server/limits/query-cost.ts), not by each resolver.
  complexity: { disabled: true, fieldComplexity: plainField },
  defaultFieldNullability: false,
  relay: {
    cursorType: 'String',
    idFieldOptions: { description: ID_DESCRIPTION },
    ...nodeQueries,
    nodeQueryOptions: {
      ...nodeQueries.nodeQueryOptions,
      resolve: (_root, { id }, context, info) => findNode(id.id, 'id', context, info),
    },
    nodesQueryOptions: {
      ...nodeQueries.nodesQueryOptions,
      // One by one, so that an id that fails leaves the others standing; the loaders still see them together.
      // An error is a value here: compiled code puts the null of a rejected promise in the wrong place.
      resolve: (_root, { ids }, context, info) =>
        Promise.all(ids.map(({ id }, index) => findNode(id, `ids[${index}]`, context, info).catch(asError))),
    },
    ...pageInfo,
    ...cursorArguments,
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    // Left to the resolvers: thrown here, the error of one id would be that of the whole field.
    decodeGlobalID: (globalId) => ({ typename: '', id: globalId }),
    nodesOnConnection: {
      description: 'The items of `edges`, for clients that need no cursor of each.',
    },
    edgesFieldOptions: {
      description: 'The items of this page with a cursor each, newest first.',
      nullable: { list: false, items: false },
    },
    nodeFieldOptions: { description: 'The item itself.', nullable: false },
    cursorFieldOptions: {
      description: 'The place of this item in the list, to be used as `after` or `before`. Opaque.',
    },
    pageInfoFieldOptions: { description: 'Where this page begins and ends, and what lies beyond.' },
  },
});

/** @throws {BadUserInputError} where it can be no id of this API */
async function findNode(
  globalId: string,
  argument: string,
  context: GatewayContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const [node] = await resolveNodes(builder, context, info, [decodeGlobalId(globalId, argument)]);
  return node;
}

builder.queryType({ description: 'Reads only: nothing here changes anything at Twilio.' });
builder.mutationType({
  description:
    'Manages who may ask and with which credentials. For ADMIN; nothing here changes anything at Twilio.',
});
