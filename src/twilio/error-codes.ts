import { TwilioError } from '../twilio-error.ts';

/** Not allowed with this credential; the HTTP status of these codes varies. */
const NOT_ALLOWED = new Set([20003, 20005, 20006, 20403, 70051, 90010]);

/** Too many calls or token requests; the HTTP status of these codes varies. */
const THROTTLED = new Set([20429, 70005, 321406, 322401]);

/** The token endpoint does not accept the client id or secret; two families of codes exist. */
const SECRET_REJECTED = new Set([321401, 321402, 322402, 322403]);

/** A page token that Twilio does not accept (any more). */
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
