import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { asError } from '../loaders/explain-rejection.ts';
import { manyReads, oneRead, plainField } from './cost.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';

/** The descriptions of Relay's own schema elements. */
export const pageInfo = {
  pageInfoTypeOptions: {
    description:
      'The cursors of a page, and whether there are more items. Twilio provides no total count, and counting would mean reading the whole list.',
  },
  hasNextPageFieldOptions: {
    description: 'Whether there are more items after this page. Continue with `after: endCursor`.',
  },
  hasPreviousPageFieldOptions: {
    description: 'Whether there are items before this page. Go back with `last` and `before: startCursor`.',
  },
  startCursorFieldOptions: {
    description: 'The cursor of the first item, for `before`. Null for an empty page.',
  },
  endCursorFieldOptions: {
    description:
      'The cursor to continue from with `after`: of the last item or, if the scan limit was reached, of the last scanned item. Null for an empty list.',
  },
} as const;

export const nodeQueries = {
  nodeTypeOptions: {
    description: 'An object that can be fetched by its `id` with `Query.node`.',
  },
  nodeQueryOptions: {
    complexity: oneRead,
    description:
      'Fetches an object by its `id`. Null if it does not exist, or if the caller may not use its credential. Example: `query($id: ID!) { node(id: $id) { id ... on Message { status } } }`',
    args: { id: { description: 'An `id` this API returned.' } },
  },
  nodesQueryOptions: {
    complexity: manyReads,
    description:
      'Fetches several objects by their `id`s, in the same order, with null for missing ones. Example: `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Message { status } } }`',
    args: { ids: { description: '`id`s this API returned.' } },
  },
};

export const cursorArguments = {
  firstArgOptions: { description: 'The number of items, from 1 to 1,000. By default 50.' },
  afterArgOptions: { description: 'Continues after this cursor, with older items.' },
  lastArgOptions: {
    description:
      'The number of items before `before`, from 1 to 1,000. Requires `before`: Twilio cannot start at the oldest item.',
  },
  beforeArgOptions: { description: 'Goes back from this cursor, to newer items.' },
} as const;

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
    CountryCode: { Input: string; Output: string };
    TimeZone: { Input: string; Output: string };
    URL: { Input: URL; Output: string };
  };
}

/** The description of every `id`, which the types repeat from the Node interface. */
export const ID_DESCRIPTION = 'The global id, for `Query.node`. Opaque and stable.';

/** Contains no domain type: each has its own file, together with its queries. */
export const builder = new SchemaBuilder<GatewaySchemaTypes>({
  plugins: [RelayPlugin, ComplexityPlugin],
  // The cost of a query is checked before it is executed (src/graphql/query-cost.ts), not by each resolver.
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
      // Resolved separately, so that an id that fails does not affect the others; the loaders still batch them.
      // An error is returned as a value: compiled code puts the null of a rejected promise in the wrong place.
      resolve: (_root, { ids }, context, info) =>
        Promise.all(ids.map(({ id }, index) => findNode(id, `ids[${index}]`, context, info).catch(asError))),
    },
    ...pageInfo,
    ...cursorArguments,
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    // The resolvers decode the ids: an error thrown here would fail the whole field.
    decodeGlobalID: (globalId) => ({ typename: '', id: globalId }),
    nodesOnConnection: {
      description: 'The items of `edges`, for clients that do not need their cursors.',
    },
    edgesFieldOptions: {
      description: 'The items of this page with their cursors, newest first.',
      nullable: { list: false, items: false },
    },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    cursorFieldOptions: {
      description: 'The position of this item in the list, for `after` or `before`. Opaque.',
    },
    pageInfoFieldOptions: {
      description: 'The cursors of the first and last item, and whether there are more items.',
    },
  },
});

/** Resolves a global id. @throws {BadUserInputError} for anything but an id of this API */
async function findNode(
  globalId: string,
  argument: string,
  context: GatewayContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const [node] = await resolveNodes(builder, context, info, [decodeGlobalId(globalId, argument)]);
  return node;
}

builder.queryType({ description: 'Reads accounts and messages. Nothing here changes anything at Twilio.' });
builder.mutationType({
  description: 'Manages API keys and credentials. For ADMIN. Nothing here changes anything at Twilio.',
});
