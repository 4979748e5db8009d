/** The kinds of errors that a screen treats differently. */
export type Problem =
  /** Nobody is signed in, or the session ended. */
  | 'session'
  | 'throttled'
  /** The gateway does not respond. */
  | 'offline'
  /** Twilio refuses the credential. */
  | 'credential-refused'
  | 'credential-missing'
  | 'permission-missing'
  | 'forbidden'
  /** A filter that the caller's field policy does not allow. */
  | 'filter-not-allowed'
  | 'scan-limit'
  /** The range ends before the oldest message that Twilio stores. */
  | 'history-limit'
  | 'history-unavailable'
  | 'bad-input'
  | 'not-found'
  /** Twilio does not respond, or the request took too long. */
  | 'unavailable'
  /** The gateway runs another build than this page. */
  | 'outdated'
  | 'unknown';

const PROBLEMS: Readonly<Record<string, Problem>> = {
  UNAUTHENTICATED: 'session',
  API_KEY_EXPIRED: 'session',
  API_KEY_INVALID: 'session',
  API_KEY_REVOKED: 'session',
  TOKEN_INVALID: 'session',
  RATE_LIMITED: 'throttled',
  GATEWAY_OVERLOADED: 'throttled',
  TWILIO_RATE_LIMITED: 'throttled',
  EXPORTS_RUNNING: 'throttled',
  CREDENTIAL_REFUSED: 'credential-refused',
  CREDENTIAL_MISSING: 'credential-missing',
  CREDENTIAL_UNKNOWN: 'credential-missing',
  TWILIO_PERMISSION_MISSING: 'permission-missing',
  FORBIDDEN: 'forbidden',
  FILTER_NOT_ALLOWED: 'filter-not-allowed',
  SCAN_LIMIT_REACHED: 'scan-limit',
  MESSAGE_HISTORY_LIMIT: 'history-limit',
  HISTORY_UNAVAILABLE: 'history-unavailable',
  BAD_USER_INPUT: 'bad-input',
  CURSOR_INVALID: 'bad-input',
  ACCOUNT_SELECTION_INVALID: 'bad-input',
  NOT_FOUND: 'not-found',
  TWILIO_UNAVAILABLE: 'unavailable',
  TWILIO_ERROR: 'unavailable',
  TWILIO_INVALID_RESPONSE: 'unavailable',
  REQUEST_TIMEOUT: 'unavailable',
  STORE_UNAVAILABLE: 'unavailable',
  OPERATION_UNKNOWN: 'outdated',
  DOCUMENT_NOT_TRUSTED: 'outdated',
};

/** One error of a GraphQL response. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request of the console that failed. Its message is the gateway's: what was wrong and what to do. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly problem: Problem;
  /** The gateway's code, e.g. `TWILIO_RATE_LIMITED`. */
  readonly code: string;
  /** When to try again, in milliseconds since 1970. */
  readonly retryAt: number | null;
  /** Names the request in the gateway's log. */
  readonly requestId: string | null;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    { message, extensions = {} }: ResponseError,
    { headers, problem }: { readonly headers?: Headers; readonly problem?: Problem } = {},
  ) {
    super(message);
    this.code = String(extensions.code ?? 'UNKNOWN');
    this.problem = problem ?? PROBLEMS[this.code] ?? 'unknown';
    this.extensions = extensions;
    this.requestId = headers?.get('x-request-id') ?? null;
    const seconds = Number(extensions.retryAfter ?? headers?.get('retry-after') ?? Number.NaN);
    this.retryAt = Number.isFinite(seconds) ? Date.now() + seconds * 1_000 : null;
  }
}

/** Any thrown value as an error of the console. */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  // A route's code has a hash in its name: after an update, the old name is gone.
  if (error instanceof TypeError && /import|module script/i.test(error.message)) {
    const message = 'The gateway has another version of this screen, or cannot be reached. Reload the page.';
    return new GatewayError({ message, extensions: { code: 'SCREEN_NOT_LOADED' } }, { problem: 'outdated' });
  }
  const message = 'The console failed to show this. Reload the page; if it happens again, report it.';
  return new GatewayError({ message });
}
