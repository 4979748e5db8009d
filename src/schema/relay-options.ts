import { manyReads, oneRead } from './cost.ts';

/** The descriptions of Relay's own schema elements. */
export const pageInfo = {
  pageInfoTypeOptions: {
    description:
      'The cursors of a page, and whether there are more items. There is no total count: Twilio does not provide one, and counting would mean reading the whole list.',
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
      'Fetches an object by its `id`. Null if it does not exist, or if the caller may not use its credential.',
    args: { id: { description: 'An `id` this API returned.' } },
  },
  nodesQueryOptions: {
    complexity: manyReads,
    description: 'Fetches several objects by their `id`s, in the same order, with null for missing ones.',
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
