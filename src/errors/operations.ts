import { type ArgumentPath, type ErrorEntry, field, invalid, rejected } from './entry.ts';

const COSTS = {
  calls: 'calls to Twilio',
  rows: 'messages and accounts',
  values: 'values in the response',
  schemaBytes: 'bytes of introspection',
};

const INPUT_SIZES = {
  bytes: 'bytes',
  items: 'items in one list',
  keys: 'fields in one object',
  levels: 'levels',
};

/** Errors of a GraphQL document, its variables and its response. Where counting stops at a limit, `actual` is one more. */
export const OPERATION_ERRORS = {
  GRAPHQL_PARSE_FAILED: {
    ...invalid(),
    when: 'The query is not valid GraphQL.',
    action: 'Correct the syntax.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    ...invalid(),
    when: 'The query does not match the schema.',
    action: 'See the message. GraphiQL shows the schema.',
    extensions: ['argument'],
  },
  INPUT_TOO_LARGE: {
    ...invalid('limited'),
    when: '`variables` or `extensions` have more `bytes` than MAX_VARIABLES_KB; a list in them or in the query has more `items` than MAX_LIST_ITEMS; an object has more than 200 `keys`; or the input has more than 16 `levels`. `extensions.measure` says which. The gateway stops reading there.',
    action: 'Send less in one request.',
    build: (
      argument: 'variables' | 'extensions' | 'query',
      measure: keyof typeof INPUT_SIZES,
      limit: number,
    ) => ({
      message: `The input in "${argument}" has more than ${limit} ${INPUT_SIZES[measure]}. Send less at once.`,
      extensions: { argument, measure, limit, actual: limit + 1 },
    }),
  },
  INTROSPECTION_DISABLED: {
    ...invalid(),
    when: 'The query uses introspection, and INTROSPECTION is off.',
    action: 'Use [schema.graphql](../schema.graphql).',
    build: () => 'Introspection is disabled on this gateway.',
  },
  OPERATION_NOT_SUPPORTED: {
    ...invalid(),
    when: 'The operation is a subscription. This API has none.',
    action: 'Send a query, repeatedly if you want to see changes.',
    build: () => 'This API has no subscriptions. Repeat a query to see changes.',
  },
  QUERY_TOO_COSTLY: {
    ...invalid('limited'),
    when: 'The query may cost more calls, rows or values than MAX_QUERY_CALLS, MAX_QUERY_ROWS or MAX_QUERY_VALUES allow, or its introspection returns more than twice the bytes of the whole schema (`schemaBytes`). `extensions.measure` says which.',
    action: 'Request less in one query.',
    build: (measure: keyof typeof COSTS, limit: number, actual: number) => ({
      message: `This query may take ${actual} ${COSTS[measure]}; ${limit} are allowed. Request fewer items at once, or split the query.`,
      extensions: { measure, limit, actual },
    }),
  },
  QUERY_TOO_DEEP: {
    ...invalid('limited'),
    when: 'The query is nested deeper than MAX_DEPTH, or has 200 brackets inside one another.',
    action: 'Request the inner parts in a separate query.',
    build: (measure: 'brackets' | 'fields', limit: number, actual: number) => ({
      message:
        measure === 'brackets'
          ? `The document nests brackets ${actual} levels deep; ${limit} are allowed.`
          : `The query is ${actual} levels deep; ${limit} are allowed. Request the inner parts in a separate query.`,
      extensions: { limit, actual },
    }),
  },
  TOO_MANY_DIMENSIONS: {
    ...field(422, 'limited'),
    when: '`groupBy` has more dimensions than are counted at once.',
    action: 'Group by fewer, or count in several fields.',
    build: (actual: number, limit: number) => ({
      message: `"groupBy" has ${actual} dimensions, and at most ${limit} are counted at once. Group by fewer.`,
      extensions: { argument: 'groupBy', actual, limit },
    }),
  },
  TOO_MANY_ALIASES: {
    ...invalid('limited'),
    when: 'The query has more aliases than MAX_ALIASES.',
    action: 'Send several queries, or use `nodes`.',
    build: (limit: number, actual: number) => ({
      message: `The query has ${actual} aliases; ${limit} are allowed. Split the query, or use nodes(ids: …).`,
      extensions: { limit, actual },
    }),
  },
  TOO_MANY_DIRECTIVES: {
    ...invalid('limited'),
    when: 'The query has more directives than MAX_DIRECTIVES.',
    action: 'Leave out the fields you do not need.',
    build: (limit: number, actual: number) => ({
      message: `The query has ${actual} directives; ${limit} are allowed. Omit the unwanted parts instead.`,
      extensions: { limit, actual },
    }),
  },
  TOO_MANY_FIELDS: {
    ...invalid('limited'),
    when: 'The query has more fields than MAX_FIELDS after fragment expansion.',
    action: 'Request fewer fields, or send several queries.',
    build: (limit: number, actual: number) => ({
      message: `With its fragments expanded, the query has ${actual} fields; ${limit} are allowed. Select fewer fields, or split the query.`,
      extensions: { limit, actual },
    }),
  },
  TOO_MANY_REPEATED_FIELDS: {
    ...invalid('limited'),
    when: 'One selection set repeats a response name, and comparing the repeated fields would take too long. The limit counts pairs of fields.',
    action: 'Select each field once, or under different aliases.',
    build: (limit: number, actual: number) => ({
      message:
        'The query repeats a field too often in one selection. Select each field once, or use aliases.',
      extensions: { limit, actual },
    }),
  },
  TOO_MANY_TOKENS: {
    ...invalid('limited'),
    when: 'The text of the query has more tokens than MAX_TOKENS. The gateway stops reading there.',
    action: 'Move values into variables.',
    build: (limit: number) => ({
      message: `The query has more than ${limit} tokens. Move values into variables, or split the query.`,
      extensions: { limit, actual: limit + 1 },
    }),
  },
  BAD_USER_INPUT: {
    status: 400,
    pageStatus: 422,
    outcome: 'input',
    when: 'A value is invalid: a SID, an address, a date, `first`, a missing variable, or a variable that a trusted document does not have. No call to Twilio was made.',
    action: 'Correct the value.',
    build: (message: string, argument?: ArgumentPath) => ({
      message,
      ...(argument && { extensions: { argument } }),
    }),
  },
  RESPONSE_TOO_LARGE: {
    ...field(422, 'limited'),
    when: 'The query ran, but its response has more bytes than MAX_RESPONSE_KB allows. `data` is null.',
    action: 'Request fewer items or fields at once.',
    build: (limit: number) => ({
      message: `The response has more than ${limit} bytes. Request fewer items or fields at once, or split the query.`,
      extensions: { limit, actual: limit + 1 },
    }),
  },
  INTERNAL_SERVER_ERROR: {
    ...rejected(500, 'internal'),
    when: 'The gateway has a defect.',
    action: 'Find the `X-Request-Id` in its log, and report it.',
  },
} satisfies Record<string, ErrorEntry>;
