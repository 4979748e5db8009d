import type { ErrorCode } from './catalogue.ts';

/** For docs/errors.md: when an error occurs, and what its reader can do. Markdown. */
export interface ErrorDescription {
  readonly when: string;
  readonly action: string;
  /** Extensions of an error that is not one of our classes. */
  readonly extensions?: readonly string[];
}

/** A row for every code. `npm run docs` reads it; the program never imports it, so the texts cost no start-up time. */
export const DESCRIPTIONS: Readonly<Record<ErrorCode, ErrorDescription>> = {
  // The HTTP request itself
  BAD_REQUEST: {
    when: 'The request is not a GraphQL request: invalid JSON, neither `query` nor `documentId`, a missing, repeated or invalid `Host`, or a method other than GET and POST (405).',
    action: 'Correct the request.',
  },
  BATCH_TOO_LARGE: {
    when: 'One request contains a list of operations.',
    action: 'Send each operation in its own request.',
  },
  BODY_TOO_LARGE: { when: 'The body is larger than MAX_BODY_KB.', action: 'Send less in one request.' },
  CLIENT_TOO_SLOW: {
    when: 'The request did not arrive completely within CLIENT_TIMEOUT_MS.',
    action: 'Send it again.',
  },
  CROSS_ORIGIN_REFUSED: {
    when: 'A browser sends the request for a page of another origin.',
    action: 'Add the origin to ALLOWED_ORIGINS.',
  },
  DOCUMENT_NOT_TRUSTED: {
    when: 'The request contains the text of a query, and TRUSTED_DOCUMENTS_ONLY is on.',
    action: 'Send a `documentId`.',
  },
  GATEWAY_OVERLOADED: {
    when: 'The gateway has as many requests in flight as MAX_OPEN_REQUESTS or its processor allows.',
    action: 'Try again later.',
  },
  HEADERS_TOO_LARGE: { when: 'The headers are larger than MAX_HEADER_KB.', action: 'Send fewer headers.' },
  NOT_ACCEPTABLE: {
    when: '`Accept` names no JSON media type, or excludes JSON by `q=0`. Event streams and multipart responses do not exist here.',
    action: 'Accept `application/json` or `application/graphql-response+json`.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    when: 'The document has several operations, and `operationName` names none of them.',
    action: 'Name one of them.',
  },
  OPERATION_UNKNOWN: {
    when: 'No trusted document has this `documentId`.',
    action: 'Use one that the message names.',
  },
  PATH_UNKNOWN: { when: 'Nothing is at this path.', action: 'Send GraphQL requests to `/graphql`.' },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    when: 'The request contains a hash instead of a query (automatic persisted queries).',
    action: "Send the query. Apollo's client and urql do so by themselves.",
  },
  RATE_LIMITED: {
    when: 'The caller sent more operations than RATE_PER_MINUTE allows.',
    action: 'Try again after the time in `Retry-After`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    when: 'The body is not declared as JSON.',
    action: 'Send `content-type: application/json`.',
  },

  // The caller
  API_KEY_EXPIRED: { when: 'The API key has expired.', action: 'Request a new key from an ADMIN.' },
  API_KEY_INVALID: { when: 'No such API key exists.', action: 'Copy the whole key.' },
  API_KEY_REVOKED: { when: 'The API key was revoked.', action: 'Request a new key from an ADMIN.' },
  FORBIDDEN: { when: 'The operation requires the role ADMIN.', action: 'Use an ADMIN key.' },
  HOST_NOT_ALLOWED: {
    when: 'A gateway without keys receives a request whose `Host` is not this machine.',
    action: 'Use localhost, or make an ADMIN key.',
  },
  ISSUER_UNAVAILABLE: {
    when: 'A JWT cannot be verified, because its issuer has not responded for a day, has not responded since the start, or signed with a key that is not known yet.',
    action:
      'Send the same token again after `extensions.retryAfter` seconds. If the error persists, check OIDC_ISSUER.',
  },
  PROXY_NOT_ALLOWED: {
    when: 'A gateway without keys receives a request from a proxy (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `Via` or similar).',
    action: 'Make an ADMIN key first.',
  },
  TOKEN_INVALID: {
    when: 'A JWT has expired, is not from the issuer, or is not for this gateway.',
    action: 'Get a new token.',
  },
  UNAUTHENTICATED: {
    when: 'The request has no key. The gateway requires one if its settings have one, or once an ADMIN key was made.',
    action: 'Send an API key. If no ADMIN key is left, make one with `api-key create --admin`.',
  },

  // The GraphQL document and its variables
  GRAPHQL_PARSE_FAILED: { when: 'The query is not valid GraphQL.', action: 'Correct the syntax.' },
  GRAPHQL_VALIDATION_FAILED: {
    when: 'The query does not match the schema.',
    action: 'See the message. GraphiQL shows the schema.',
    extensions: ['argument'],
  },
  INPUT_TOO_LARGE: {
    when: '`variables` or `extensions` have more `bytes` than MAX_VARIABLES_KB; a list in them or in the query has more `items` than MAX_LIST_ITEMS; an object has more than 200 `keys`; or the input has more than 16 `levels`. `extensions.measure` says which. The gateway stops reading there.',
    action: 'Send less in one request.',
  },
  INTROSPECTION_DISABLED: {
    when: 'The query uses introspection, and INTROSPECTION is off.',
    action: 'Use [schema.graphql](../schema.graphql).',
  },
  OPERATION_NOT_SUPPORTED: {
    when: 'The operation is a subscription. This API has none.',
    action: 'Send a query, repeatedly if you want to see changes.',
  },
  QUERY_TOO_COSTLY: {
    when: 'The query may cost more calls, rows or values than MAX_QUERY_CALLS, MAX_QUERY_ROWS or MAX_QUERY_VALUES allow, or its introspection returns more than twice the bytes of the whole schema (`schemaBytes`). `extensions.measure` says which.',
    action: 'Request less in one query.',
  },
  QUERY_TOO_DEEP: {
    when: 'The query is nested deeper than MAX_DEPTH, or has 200 brackets inside one another.',
    action: 'Request the inner parts in a separate query.',
  },
  TOO_MANY_ALIASES: {
    when: 'The query has more aliases than MAX_ALIASES.',
    action: 'Send several queries, or use `nodes`.',
  },
  TOO_MANY_DIRECTIVES: {
    when: 'The query has more directives than MAX_DIRECTIVES.',
    action: 'Leave out the fields you do not need.',
  },
  TOO_MANY_FIELDS: {
    when: 'The query has more fields than MAX_FIELDS after fragment expansion.',
    action: 'Request fewer fields, or send several queries.',
  },
  TOO_MANY_REPEATED_FIELDS: {
    when: 'One selection set repeats a response name, and comparing the repeated fields would take too long. The limit counts pairs of fields.',
    action: 'Select each field once, or under different aliases.',
  },
  TOO_MANY_TOKENS: {
    when: 'The text of the query has more tokens than MAX_TOKENS. The gateway stops reading there.',
    action: 'Move values into variables.',
  },
  BAD_USER_INPUT: {
    when: 'A value is invalid: a SID, an address, a date, `first`, a missing variable, or a variable that a trusted document does not have. No call to Twilio was made.',
    action: 'Correct the value.',
  },

  // One field
  ACCOUNT_MISMATCH: {
    when: 'The OAuth app belongs to another account than `accountSid`.',
    action: 'Leave out `accountSid`.',
  },
  CONSENT_DENIED: { when: 'The person denied access at Twilio.', action: 'Start again to allow it.' },
  CONSENT_EXPIRED: {
    when: 'The consent is already complete, was started too long ago, or was not started here.',
    action: 'Start again.',
  },
  CONSENT_FAILED: {
    when: 'The person allowed access, but Twilio granted no permanent access.',
    action: 'See the message.',
  },
  CREDENTIAL_MISSING: {
    when: 'The caller has no credential for this account, or none at all.',
    action: 'Ask an ADMIN to grant or add one. Each account needs its own OAuth app.',
  },
  CREDENTIAL_REFUSED: {
    when: 'Twilio refuses the client secret or the token, or the account is not active.',
    action: 'Check the OAuth app, its secret and the account.',
  },
  CREDENTIAL_UNKNOWN: {
    when: 'No credential has this nickname.',
    action: 'Use a nickname that the message names.',
  },
  CURSOR_INVALID: {
    when: 'The cursor is not from this list, account and filter, or Twilio no longer accepts it.',
    action: 'Use a cursor that this field returned, or start without one.',
  },
  ENCRYPTION_KEY_MISSING: {
    when: 'A secret must be stored, but no key is set to seal it.',
    action: 'Set GATEWAY_ENCRYPTION_KEYS.',
  },
  MESSAGE_HISTORY_LIMIT: {
    when: 'The date range ends before the oldest message that Twilio stores.',
    action: 'Start at `extensions.earliestDate`, the first day that is stored completely.',
  },
  NICKNAME_TAKEN: { when: 'Another credential has this nickname.', action: 'Choose another nickname.' },
  NOT_FOUND: { when: 'The id does not exist.', action: 'List the ids again.' },
  READ_ONLY: { when: 'The credential comes from the settings.', action: 'Change the settings.' },
  REQUEST_ABORTED: {
    when: 'The client closed the connection. Only the log shows this code.',
    action: 'Nothing.',
  },
  REQUEST_TIMEOUT: {
    when: 'The request took longer than REQUEST_TIMEOUT_MS.',
    action: 'Request less at once, or raise the limit.',
  },
  RESPONSE_TOO_LARGE: {
    when: 'The query ran, but its response has more bytes than MAX_RESPONSE_KB allows. `data` is null.',
    action: 'Request fewer items or fields at once.',
  },
  SCAN_LIMIT_REACHED: {
    when: 'The scan budget ended before the position of the cursor was found.',
    action: 'Start without a cursor, or narrow the filter.',
  },
  SECRET_UNREADABLE: {
    when: 'A stored secret does not open with the current keys.',
    action: 'Add the key that sealed it, or store the secret again.',
  },
  STORE_UNAVAILABLE: {
    when: 'The database does not respond, its disk is full, or its file was deleted or replaced. Nothing was changed.',
    action: 'See the message: try again later, free disk space, or restart.',
  },
  TWILIO_ERROR: {
    when: 'Twilio rejected the call for any other reason.',
    action: 'See `extensions.twilio`.',
  },
  TWILIO_INVALID_RESPONSE: {
    when: "Twilio's response does not match its API: an HTML page from a proxy (after four attempts), pages that form a cycle, invalid SIDs, or JSON that is nested too deeply.",
    action: 'Try again.',
  },
  TWILIO_PERMISSION_MISSING: {
    when: 'The OAuth app lacks the permission `extensions.permission`.',
    action: 'Grant it in the Twilio Console.',
  },
  TWILIO_RATE_LIMITED: {
    when: 'Twilio responded with 429 to every attempt, or asks for a longer wait than the request has time for.',
    action: 'Try again after `extensions.retryAfter` seconds, or request less at once.',
  },
  TWILIO_RESPONSE_TOO_LARGE: {
    when: "Twilio's response has more bytes than any of its kind should have (`extensions.limit`). The gateway stops reading there.",
    action: 'Request fewer items at once. Check the proxies between the gateway and Twilio.',
  },
  TWILIO_UNAVAILABLE: {
    when: 'Twilio could not be reached or responded with 5xx to every attempt, its circuit breaker is open, or 1,000 calls already wait under this credential (`limit`).',
    action: 'Try again, after `extensions.retryAfter` seconds if given.',
  },
  UPSTREAM_CALL_LIMIT: {
    when: 'The operation made MAX_UPSTREAM_CALLS calls under this credential. The rest of the response is complete.',
    action: 'Request the missing part in another query.',
  },

  INTERNAL_SERVER_ERROR: {
    when: 'The gateway has a defect.',
    action: 'Find the `X-Request-Id` in its log, and report it.',
  },
};
