/** How a request ended, as a metric label: worst first. */
export const OUTCOMES = [
  'internal',
  'upstream',
  'timeout',
  'store',
  'limited',
  'credential',
  'caller',
  'input',
  'aborted',
  'ok',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

export interface ErrorEntry {
  /** HTTP status of a GraphQL or plain response that is this error and has no data. */
  readonly status: number;
  /**
   * The status holds for clients that accept `application/graphql-response+json`; all others get 200.
   *
   * @see https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
   */
  readonly strictOnly?: boolean;
  /** HTTP status of an HTML page that shows this error. @default `status` */
  readonly pageStatus?: number;
  readonly outcome: Exclude<Outcome, 'ok'>;
}

const rejected = (status: number, outcome: ErrorEntry['outcome'] = 'input'): ErrorEntry => ({
  status,
  outcome,
});
/** A request that GraphQL rejects before it is executed. */
const invalid = (outcome: ErrorEntry['outcome'] = 'input'): ErrorEntry => ({
  status: 400,
  strictOnly: true,
  outcome,
});
/** An error of one field; the response also has data. */
const field = (pageStatus: number, outcome: ErrorEntry['outcome']): ErrorEntry => ({
  status: 200,
  pageStatus,
  outcome,
});

/** Every error code a client can see. `descriptions.ts` says when each occurs and what to do. */
export const ERRORS = {
  // The HTTP request itself
  BAD_REQUEST: rejected(400),
  BATCH_TOO_LARGE: rejected(400, 'limited'),
  BODY_TOO_LARGE: rejected(413, 'limited'),
  CLIENT_TOO_SLOW: rejected(408),
  CROSS_ORIGIN_REFUSED: rejected(403),
  DOCUMENT_NOT_TRUSTED: rejected(403),
  GATEWAY_OVERLOADED: rejected(503, 'limited'),
  HEADERS_TOO_LARGE: rejected(431, 'limited'),
  NOT_ACCEPTABLE: rejected(406),
  OPERATION_RESOLUTION_FAILURE: rejected(400),
  OPERATION_UNKNOWN: rejected(404),
  PATH_UNKNOWN: rejected(404),
  PERSISTED_QUERY_NOT_SUPPORTED: rejected(200),
  RATE_LIMITED: rejected(429, 'limited'),
  UNSUPPORTED_MEDIA_TYPE: rejected(415),

  // The caller
  API_KEY_EXPIRED: rejected(401, 'caller'),
  API_KEY_INVALID: rejected(401, 'caller'),
  API_KEY_REVOKED: rejected(401, 'caller'),
  FORBIDDEN: field(403, 'caller'),
  HOST_NOT_ALLOWED: rejected(403, 'caller'),
  ISSUER_UNAVAILABLE: rejected(503, 'caller'),
  PROXY_NOT_ALLOWED: rejected(403, 'caller'),
  TOKEN_INVALID: rejected(401, 'caller'),
  UNAUTHENTICATED: rejected(401, 'caller'),

  // The GraphQL document and its variables
  GRAPHQL_PARSE_FAILED: invalid(),
  GRAPHQL_VALIDATION_FAILED: invalid(),
  INPUT_TOO_LARGE: invalid('limited'),
  INTROSPECTION_DISABLED: invalid(),
  OPERATION_NOT_SUPPORTED: invalid(),
  QUERY_TOO_COSTLY: invalid('limited'),
  QUERY_TOO_DEEP: invalid('limited'),
  TOO_MANY_ALIASES: invalid('limited'),
  TOO_MANY_DIRECTIVES: invalid('limited'),
  TOO_MANY_FIELDS: invalid('limited'),
  TOO_MANY_REPEATED_FIELDS: invalid('limited'),
  TOO_MANY_TOKENS: invalid('limited'),
  BAD_USER_INPUT: { status: 400, pageStatus: 422, outcome: 'input' },

  // One field
  ACCOUNT_MISMATCH: field(422, 'input'),
  CONSENT_DENIED: field(422, 'credential'),
  CONSENT_EXPIRED: field(410, 'credential'),
  CONSENT_FAILED: field(422, 'credential'),
  CREDENTIAL_MISSING: field(422, 'credential'),
  CREDENTIAL_REFUSED: field(422, 'credential'),
  CREDENTIAL_UNKNOWN: field(404, 'credential'),
  CURSOR_INVALID: field(422, 'input'),
  ENCRYPTION_KEY_MISSING: field(503, 'store'),
  MESSAGE_HISTORY_LIMIT: field(422, 'limited'),
  NICKNAME_TAKEN: field(409, 'input'),
  NOT_FOUND: field(404, 'input'),
  READ_ONLY: field(409, 'input'),
  REQUEST_ABORTED: field(400, 'aborted'),
  REQUEST_TIMEOUT: field(504, 'timeout'),
  RESPONSE_TOO_LARGE: field(422, 'limited'),
  SCAN_LIMIT_REACHED: field(422, 'limited'),
  SECRET_UNREADABLE: field(503, 'store'),
  STORE_UNAVAILABLE: field(503, 'store'),
  TWILIO_ERROR: field(502, 'upstream'),
  TWILIO_INVALID_RESPONSE: field(502, 'upstream'),
  TWILIO_PERMISSION_MISSING: field(422, 'credential'),
  TWILIO_RATE_LIMITED: field(503, 'upstream'),
  TWILIO_RESPONSE_TOO_LARGE: field(502, 'upstream'),
  TWILIO_UNAVAILABLE: field(503, 'upstream'),
  UPSTREAM_CALL_LIMIT: field(503, 'limited'),

  INTERNAL_SERVER_ERROR: rejected(500, 'internal'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** Looks up a code. A code that is not in the catalogue comes from a library and means invalid input. */
export function entryOf(code: unknown): ErrorEntry {
  return Object.hasOwn(ERRORS, String(code)) ? ERRORS[code as ErrorCode] : invalid();
}
