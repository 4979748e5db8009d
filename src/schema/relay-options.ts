import { manyReads, oneRead } from './cost.ts';

/** The words of Relay's own elements, apart from what they do. */
export const pageInfo = {
  pageInfoTypeOptions: {
    description:
      'Where a page of a list begins and ends. There is no total: Twilio does not count, and to count would mean to read everything.',
  },
  hasNextPageFieldOptions: {
    description: 'Whether there is more after this page: ask again with `after: endCursor`.',
  },
  hasPreviousPageFieldOptions: {
    description: 'Whether there is something before this page: ask with `last` and `before: startCursor`.',
  },
  startCursorFieldOptions: {
    description: 'The cursor of the first item, for `before`. Null for an empty page.',
  },
  endCursorFieldOptions: {
    description:
      'The place to go on from with `after`: the last item, or, where the scan limit was reached, the end of what was scanned. Null for an empty list.',
  },
} as const;

export const nodeQueries = {
  nodeTypeOptions: {
    description: 'Anything that can be fetched again by its `id` alone, with `Query.node`.',
  },
  nodeQueryOptions: {
    complexity: oneRead,
    description:
      'Fetches anything by its `id`. Null when it does not exist or is of no credential the caller may use.',
    args: { id: { description: 'An `id` this API returned.' } },
  },
  nodesQueryOptions: {
    complexity: manyReads,
    description:
      'Fetches several things by their `id`s, in the same order, null in the place of what is missing.',
    args: { ids: { description: '`id`s this API returned.' } },
  },
};

export const cursorArguments = {
  firstArgOptions: { description: 'How many items, from 1 to 1,000. 50 unless given.' },
  afterArgOptions: { description: 'Goes on after this cursor, towards older items.' },
  lastArgOptions: {
    description:
      'How many items back from `before`, from 1 to 1,000. Not without `before`: Twilio cannot begin at the end.',
  },
  beforeArgOptions: { description: 'Goes back from this cursor, towards newer items.' },
} as const;
