import { requestIdOf } from '../telemetry/upstream.ts';

/** Details of a failed call to Twilio; the API and the OAuth server send errors in the same form. */
export interface TwilioErrorDetails {
  /** The host that sent the error: the API, or the OAuth server, which issues access tokens. */
  source: 'api' | 'oauth';
  /** Twilio's own error code, e.g. 20404; null when the response has none. Branch on this. */
  code: number | null;
  /** The HTTP status; 0 without a response. Never branch on it where a code is known. */
  status: number;
  moreInfo: string | null;
  /** `Twilio-Request-Id`, which Twilio's support asks for. */
  requestId: string | null;
  /** Seconds after which to retry, if known. @default null */
  retryAfter?: number | null;
}

/** A call to Twilio that ended with an error status or without a response. */
export class TwilioError extends Error implements TwilioErrorDetails {
  override readonly name = 'TwilioError';
  readonly source: 'api' | 'oauth';
  readonly code: number | null;
  readonly status: number;
  readonly moreInfo: string | null;
  readonly requestId: string | null;
  readonly retryAfter: number | null;

  constructor(message: string, details: TwilioErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.source = details.source;
    this.code = details.code;
    this.status = details.status;
    this.moreInfo = details.moreInfo;
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter ?? null;
  }

  /**
   * Reads Twilio's error body `{"code", "message", "more_info", "status"}`. A body in another form (an HTML
   * page of a proxy, OAuth's `{"error"}`) results in a null code and a message with only the status, so that
   * no unexpected text reaches a client.
   */
  static of(
    source: TwilioErrorDetails['source'],
    status: number,
    headers: Headers,
    body: unknown,
  ): TwilioError {
    const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const code = isCode(fields.code) ? fields.code : null;
    const message =
      code !== null && typeof fields.message === 'string'
        ? fields.message.slice(0, MAX_MESSAGE)
        : `HTTP ${status}`;
    return new TwilioError(message, {
      source,
      code,
      status,
      moreInfo: twilioLink(fields.more_info),
      requestId: requestIdOf(headers),
      retryAfter: secondsUntil(headers.get('retry-after') ?? fields.throttled_until),
    });
  }

  /** Creates the error for a call without a response: DNS, connection failure or timeout. */
  static unreachable(source: TwilioErrorDetails['source'], cause: unknown): TwilioError {
    const details = { source, code: null, status: 0, moreInfo: null, requestId: null };
    return new TwilioError('Twilio could not be reached', details, { cause });
  }
}

/** In characters; longer than any of Twilio's messages. */
const MAX_MESSAGE = 1_000;

/** Twilio's codes have five or six digits. */
function isCode(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 10_000_000;
}

/** Accepts only links to Twilio's pages, because clients may show them; null for any other. */
function twilioLink(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 200 || !URL.canParse(value)) return null;
  const { protocol, host, username, password, pathname, origin } = new URL(value);
  const isTwilio = protocol === 'https:' && (host === 'twilio.com' || host.endsWith('.twilio.com'));
  if (!isTwilio || username || password || !/^[\w./-]*$/.test(pathname)) return null;
  // Without query and fragment, which might contain arbitrary text.
  return origin + pathname;
}

/** Reads `Retry-After` (seconds or a date) or the token endpoint's `throttled_until`; null for anything else. */
function secondsUntil(value: unknown): number | null {
  if (typeof value !== 'string' || value === '') return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return seconds > 0 && seconds <= 86_400 ? seconds : null;
}

/** A 2xx response from Twilio that does not match its API. */
export class TwilioResponseError extends Error {
  override readonly name = 'TwilioResponseError';
}

/** A response larger than any valid one of its kind; the rest of it was not read. */
export class TwilioResponseTooLargeError extends TwilioResponseError {
  /** In bytes. */
  readonly limit: number;

  constructor(limit: number) {
    super(`it has more than ${limit} bytes`);
    this.limit = limit;
  }
}

/** A 2xx response that is not JSON, such as a proxy's page. A retry may succeed. */
export class TwilioResponseNotJsonError extends TwilioResponseError {
  constructor() {
    super('it is not JSON');
  }
}

/** Finds an error of this module in the chain of causes, which an HTTP library may have wrapped around it. */
export function ownError(error: unknown): TwilioError | TwilioResponseError | undefined {
  let own: TwilioError | TwilioResponseError | undefined;
  for (let one = error, depth = 0; one instanceof Error && depth < 10; one = one.cause, depth += 1) {
    if (one instanceof TwilioError || one instanceof TwilioResponseError) own = one;
  }
  return own;
}

// The HTTP status of these codes varies.

/** Not allowed with this credential. */
const NOT_ALLOWED = new Set([20003, 20005, 20006, 20403, 70051, 90010]);

/** Too many calls or token requests. */
const THROTTLED = new Set([20429, 70005, 321406, 322401]);

/** The token endpoint does not accept the client id or secret; two families of codes exist. */
const SECRET_REJECTED = new Set([321401, 321402, 322402, 322403]);

/** A page token that Twilio does not accept. */
const BAD_PAGE_TOKEN = new Set([21481, 70002]);

const has = (codes: ReadonlySet<number>, code: number | null) => code !== null && codes.has(code);

export function isThrottled({ status, code }: TwilioError): boolean {
  return status === 429 || has(THROTTLED, code);
}

/** Whether Twilio is unavailable: no response, a 5xx, or too many calls. */
export function isUnavailable(error: TwilioError): boolean {
  return error.status === 0 || error.status >= 500 || isThrottled(error);
}

/** Whether Twilio understood the read, but does not allow it under this credential. */
export function isNotAllowed(error: unknown): boolean {
  return (
    error instanceof TwilioError &&
    error.source === 'api' &&
    (error.status === 401 || has(NOT_ALLOWED, error.code))
  );
}

/** Whether the resource does not exist, or belongs to another account: Twilio does not distinguish the two. */
export function isNotFound(error: unknown): boolean {
  return (
    error instanceof TwilioError && error.source === 'api' && (error.code === 20404 || error.status === 404)
  );
}

/** Whether Twilio does not accept the page token of a list. */
export function isBadPageToken({ code }: TwilioError): boolean {
  return has(BAD_PAGE_TOKEN, code);
}

/**
 * Whether Twilio does not accept the access token. After a 401 with another code, such as 70051 for a missing
 * permission, a new token does not help.
 */
export function isTokenRejected(error: unknown): error is TwilioError {
  return (
    error instanceof TwilioError && error.source === 'api' && error.status === 401 && error.code === 20003
  );
}

/** Whether the token endpoint does not accept the secret. A proxy's 403 or 404 says nothing about it. */
export function isSecretRejected(error: unknown): error is TwilioError {
  if (!(error instanceof TwilioError) || error.source !== 'oauth') return false;
  const { code, status } = error;
  return code === null ? status === 400 || status === 401 : SECRET_REJECTED.has(code);
}
