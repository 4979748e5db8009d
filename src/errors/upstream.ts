import { explain } from '../delivery/explain.ts';
import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** TWILIO_RATE_LIMITED: Twilio responded with 429 until the retries or the time were used up. */
export class RateLimitedError extends GatewayError {
  constructor(cause: TwilioError) {
    super('TWILIO_RATE_LIMITED', 'Twilio limits the rate of requests for this account. Try again later.', {
      extensions: { ...waiting(cause), ...twilioDetails(cause) },
    });
  }
}

/**
 * TWILIO_UNAVAILABLE: Twilio could not be reached or responded with 5xx until the retries were used up, or the circuit is
 * open.
 */
export class UnavailableError extends GatewayError {
  constructor(cause?: TwilioError) {
    const { retryAfter } = waiting(cause);
    const when = retryAfter === undefined ? '' : ` in ${retryAfter} s`;
    super('TWILIO_UNAVAILABLE', `Twilio did not respond to this read. It is safe to try again${when}.`, {
      extensions: { ...waiting(cause), ...twilioDetails(cause) },
    });
  }
}

/** TWILIO_UNAVAILABLE: too many calls of this credential are running or waiting. */
export class CredentialBusyError extends GatewayError {
  constructor(nickname: string, limit: number) {
    super(
      'TWILIO_UNAVAILABLE',
      `${limit} calls to Twilio are running or waiting for the credential ${quote(nickname)}, which is the maximum. It is safe to try again in 1 s.`,
      { extensions: { credential: nickname, limit, retryAfter: 1 } },
    );
  }
}

/** Returns the number of seconds after which to retry, if known. */
function waiting(cause: TwilioError | undefined): { retryAfter?: number } {
  return cause?.retryAfter == null ? {} : { retryAfter: cause.retryAfter };
}

/** TWILIO_INVALID_RESPONSE: Twilio's response does not match its API. */
export class InvalidResponseError extends GatewayError {
  constructor(what: string) {
    super(
      'TWILIO_INVALID_RESPONSE',
      `Twilio's response could not be read: ${what}. It is safe to try again.`,
    );
  }
}

/** TWILIO_RESPONSE_TOO_LARGE: larger than any valid response of its kind; the rest of it was not read. */
export class ResponseTooLargeError extends GatewayError {
  constructor(limit: number) {
    super(
      'TWILIO_RESPONSE_TOO_LARGE',
      `Twilio's response has more than ${limit} bytes, which exceeds the limit of this read. Request fewer items at once; if that does not help, check for a proxy between the gateway and Twilio.`,
      { extensions: { limit } },
    );
  }
}

/** TWILIO_ERROR: any other error from Twilio; its details are in `extensions.twilio`. */
export class UpstreamError extends GatewayError {
  constructor(cause: TwilioError) {
    // Twilio's message may contain a phone number; the code's title does not.
    const title = cause.code === null ? null : explain(cause.code).title;
    const what =
      cause.code === null ? `HTTP ${cause.status}` : `error ${cause.code}${title ? ` (${title})` : ''}`;
    super('TWILIO_ERROR', `Twilio rejected this read with ${what}. See extensions.twilio.`, {
      extensions: twilioDetails(cause),
    });
  }
}

/** REQUEST_TIMEOUT: the request's deadline passed before all of Twilio's responses arrived. */
export class RequestTimeoutError extends GatewayError {
  constructor(milliseconds: number) {
    super(
      'REQUEST_TIMEOUT',
      `Not all of Twilio's responses arrived within ${milliseconds} ms. Request less at once, or raise REQUEST_TIMEOUT_MS.`,
      { extensions: { timeoutMs: milliseconds } },
    );
  }
}

/** REQUEST_ABORTED: the client disconnected. Only the log shows this error. */
export class RequestAbortedError extends GatewayError {
  constructor() {
    super('REQUEST_ABORTED', 'The client closed the connection before the response was ready.');
  }
}
