import { type ErrorEntry, quote, rejected } from './entry.ts';

const BAD_REQUESTS = {
  address:
    'The request must have exactly one header "Host", which names a host, and a path that begins with "/". Correct the address.',
  body: 'The body must be a JSON object with "query" or "documentId".',
  export:
    'The body must be a JSON object with parameters of the export: accountSid, after, bom, cursors, filter, in.',
  method: 'Method not allowed. Use GET, POST.',
  parameters: 'The parameters "variables" and "extensions" must be JSON objects.',
  protocol: 'This is not an HTTP request.',
  query: 'The request has neither a "query" nor a "documentId". Send one of them.',
};

/** Errors of the HTTP request itself. Messages do not repeat the request's content. */
export const HTTP_ERRORS = {
  MEDIA_LINK_EXPIRED: {
    ...rejected(410),
    when: 'A media link is older than 15 minutes.',
    action: 'Read `Media.url` again.',
    build: () => 'This media link has expired. Read "url" of the media item again.',
  },
  MEDIA_LINK_INVALID: {
    ...rejected(404),
    when: 'A media link was changed or cut, or its caller may no longer read the file.',
    action: 'Read `Media.url` again.',
    build: () =>
      'This is not a media link of this gateway, or its caller may no longer read the file. Read "url" of the media item again.',
  },
  MEDIA_TOO_LARGE: {
    ...rejected(502, 'limited'),
    when: 'A media file is larger than MAX_MEDIA_MB.',
    action: 'Raise the limit, or ask Twilio for the file.',
    build: (limit: number) => ({
      message: `The media file has more than ${limit} bytes. An operator can raise MAX_MEDIA_MB.`,
      extensions: { limit },
    }),
  },
  BAD_REQUEST: {
    ...rejected(400),
    when: 'The request is not a GraphQL request: invalid JSON, neither `query` nor `documentId`, a missing, repeated or invalid `Host`, or a method other than GET and POST (405).',
    action: 'Correct the request.',
    build: (reason: keyof typeof BAD_REQUESTS) => ({
      message: BAD_REQUESTS[reason],
      ...(reason === 'method' && { headers: { allow: 'GET, POST' }, status: 405 }),
    }),
  },
  BATCH_TOO_LARGE: {
    ...rejected(400, 'limited'),
    when: 'One request contains a list of operations.',
    action: 'Send each operation in its own request.',
    build: (actual: number) => ({
      message:
        'Batching is not supported: a request has one operation. Send separate requests, or one query with aliases.',
      extensions: { limit: 1, actual },
    }),
  },
  BODY_TOO_LARGE: {
    ...rejected(413, 'limited'),
    when: 'The body is larger than MAX_BODY_KB.',
    action: 'Send less in one request.',
    build: (limit: number, actual: number) => ({
      message: `The body has more than ${limit} bytes. Send less at once.`,
      extensions: { limit, actual },
    }),
  },
  CLIENT_TOO_SLOW: {
    ...rejected(408),
    when: 'The request did not arrive completely within CLIENT_TIMEOUT_MS.',
    action: 'Send it again.',
    build: (limit: number) => ({
      message: `The request did not arrive completely within ${limit} ms. Send it again.`,
      extensions: { limit, actual: limit },
    }),
  },
  CROSS_ORIGIN_REFUSED: {
    ...rejected(403),
    when: 'A browser sends the request for a page of another origin.',
    action: 'Add the origin to ALLOWED_ORIGINS.',
    build: () =>
      'Pages of other sites may not send requests to this gateway. An operator can add an origin to ALLOWED_ORIGINS.',
  },
  DOCUMENT_NOT_TRUSTED: {
    ...rejected(403),
    when: 'The request contains the text of a query, and TRUSTED_DOCUMENTS_ONLY is on.',
    action: 'Send a `documentId`.',
    build: (known: string) =>
      `This gateway executes trusted documents only. Send the "documentId" of one instead of a "query". The gateway's own are: ${known}.`,
  },
  GATEWAY_OVERLOADED: {
    ...rejected(503, 'limited'),
    when: 'The gateway has as many requests in flight as MAX_OPEN_REQUESTS or its processor allows.',
    action: 'Try again later.',
    build: (limit: number, actual: number) => ({
      message: 'The gateway is handling as many requests as it can. Try again later.',
      extensions: { limit, actual },
      headers: { 'retry-after': '1' },
    }),
  },
  EXPORTS_RUNNING: {
    ...rejected(429, 'limited'),
    when: 'The caller has two exports running already.',
    action: 'Wait for one of them.',
    build: (limit: number) => ({
      message: `You have ${limit} exports running, which is the maximum. Wait for one of them to end.`,
      extensions: { limit, actual: limit + 1 },
    }),
  },
  EXPORT_LIMIT: {
    ...rejected(422, 'limited'),
    when: 'An export has MAX_EXPORT_ROWS messages, and there are more. The code is in the last line of the file.',
    action: 'Continue with `after` and the cursor of the last line, or narrow the filter.',
    build: (limit: number) => ({
      message: `The export ended after ${limit} messages, which is the maximum. Continue with "after" and the cursor of this line, or narrow the filter.`,
      extensions: { limit },
    }),
  },
  HEADERS_TOO_LARGE: {
    ...rejected(431, 'limited'),
    when: 'The headers are larger than MAX_HEADER_KB.',
    action: 'Send fewer headers.',
    build: (limit: number) => ({
      message: `The request line and headers have more than ${limit} bytes together.`,
      extensions: { limit, actual: limit + 1 },
    }),
  },
  NOT_ACCEPTABLE: {
    ...rejected(406),
    when: '`Accept` names no JSON media type, or excludes JSON by `q=0`. Event streams and multipart responses do not exist here.',
    action: 'Accept `application/json` or `application/graphql-response+json`.',
    build: () =>
      'Responses are JSON in UTF-8. Send the header "accept: application/graphql-response+json, application/json", or none.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    ...rejected(400),
    when: 'The document has several operations, and `operationName` names none of them.',
    action: 'Name one of them.',
  },
  OPERATION_UNKNOWN: {
    ...rejected(404),
    when: 'No trusted document that this caller may run has this id. With TRUSTED_DOCUMENTS_ONLY also for the hash of a persisted query.',
    action: "Publish the document, or use one of the gateway's own, which the message names.",
    build: (known: string) =>
      `There is no trusted document with this id. Publish the document, or use one of the gateway's own: ${known}.`,
  },
  PATH_UNKNOWN: {
    ...rejected(404),
    when: 'Nothing is at this path.',
    action: 'Send GraphQL requests to `/graphql`.',
    build: () => 'Not found. GraphQL is at /graphql.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    ...rejected(200),
    when: 'The request contains a hash instead of a query (automatic persisted queries), and no trusted document has it.',
    action: "Send the query. Apollo's client and urql do so by themselves.",
    /**
     * Apollo Client and urql recognize the message and then send the query itself.
     *
     * @see https://www.apollographql.com/docs/apollo-server/performance/apq
     */
    build: () => 'PersistedQueryNotSupported',
  },
  RATE_LIMITED: {
    ...rejected(429, 'limited'),
    when: 'The caller sent more operations than RATE_PER_MINUTE allows.',
    action: 'Try again after the time in `Retry-After`.',
    build: (name: string, limit: number, actual: number, retryAfterSeconds: number) => ({
      message: `${quote(name)} sent more than ${limit} requests within a minute. Try again in ${retryAfterSeconds} s.`,
      extensions: { limit, actual },
      headers: { 'retry-after': String(retryAfterSeconds) },
    }),
  },
  UNSUPPORTED_MEDIA_TYPE: {
    ...rejected(415),
    when: 'The body is not declared as JSON.',
    action: 'Send `content-type: application/json`.',
    build: () => 'Send JSON, with the header "content-type: application/json".',
  },
} satisfies Record<string, ErrorEntry>;
