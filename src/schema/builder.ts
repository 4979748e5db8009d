import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import type { GatewayContext } from '../context.ts';
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
    nodesQueryOptions: {
      ...nodeQueries.nodesQueryOptions,
      resolve: (_root, { ids }, context, info) => nodesOneByOne(ids, context, info),
    },
    ...pageInfo,
    ...cursorArguments,
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (globalId) => decodeGlobalId(globalId),
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

/**
 * One by one, so that an id that fails leaves the others standing; the loaders still see them together. The plugin
 * hands its own resolver on for this, but that one takes all ids whatever it is called with.
 */
function nodesOneByOne(
  ids: readonly GlobalId[],
  context: GatewayContext,
  info: GraphQLResolveInfo,
): Promise<unknown>[] {
  return ids.map(async (id) => (await resolveNodes(builder, context, info, [id]))[0]);
}

interface GlobalId {
  typename: string;
  id: string;
}

builder.queryType({ description: 'Reads only: nothing here changes anything at Twilio.' });
builder.mutationType({
  description:
    'Manages who may ask and with which credentials. For ADMIN; nothing here changes anything at Twilio.',
});
