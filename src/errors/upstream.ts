import { explain } from '../delivery/explain.ts';
import type { TwilioError } from '../twilio-error.ts';
import { GatewayError, quote, twilioDetails } from './gateway-error.ts';

/** TWILIO_RATE_LIMITED: Twilio went on answering 429 until the retries or the time were used up. */
export class RateLimitedError extends GatewayError {
  constructor(cause: TwilioError) {
    super('TWILIO_RATE_LIMITED', 'Twilio is refusing requests of this account for now. Ask again later.', {
      extensions: { ...waiting(cause), ...twilioDetails(cause) },
    });
  }
}

/**
 * TWILIO_UNAVAILABLE: Twilio could not be reached, answered 5xx until the retries were used up, or did so
 * often enough not to be asked for now.
 */
export class UnavailableError extends GatewayError {
  constructor(cause?: TwilioError) {
    const { retryAfter } = waiting(cause);
    const when = retryAfter === undefined ? '' : ` in ${retryAfter} s`;
    super('TWILIO_UNAVAILABLE', `Twilio did not answer this read. It is safe to ask again${when}.`, {
      extensions: { ...waiting(cause), ...twilioDetails(cause) },
    });
  }
}

/** TWILIO_UNAVAILABLE: too many calls wait for Twilio under this credential already. */
export class CredentialBusyError extends GatewayError {
  constructor(nickname: string, limit: number) {
    super(
      'TWILIO_UNAVAILABLE',
      `${limit} calls to Twilio are under way or waiting under the credential ${quote(nickname)}, as many as are allowed. It is safe to ask again in 1 s.`,
      { extensions: { credential: nickname, limit, retryAfter: 1 } },
    );
  }
}

/** Seconds after which asking again may help, where that is known. */
function waiting(cause: TwilioError | undefined): { retryAfter?: number } {
  return cause?.retryAfter == null ? {} : { retryAfter: cause.retryAfter };
}

/** TWILIO_INVALID_RESPONSE: Twilio answered, but not with what its API promises. */
export class InvalidResponseError extends GatewayError {
  constructor(what: string) {
    super('TWILIO_INVALID_RESPONSE', `Twilio's answer could not be read: ${what}. It is safe to ask again.`);
  }
}

/** TWILIO_RESPONSE_TOO_LARGE: larger than any response of its kind; the rest of it was not read. */
export class ResponseTooLargeError extends GatewayError {
  constructor(limit: number) {
    super(
      'TWILIO_RESPONSE_TOO_LARGE',
      `Twilio's response has more than ${limit} bytes, which is more than this read can take. Ask for fewer items at once; if that does not help, check what stands between the gateway and Twilio.`,
      { extensions: { limit } },
    );
  }
}

/** TWILIO_ERROR: any other refusal; `extensions.twilio` says which. */
export class UpstreamError extends GatewayError {
  constructor(cause: TwilioError) {
    // Twilio's own text may repeat a phone number; the code's title cannot.
    const title = cause.code === null ? null : explain(cause.code).title;
    const what =
      cause.code === null ? `HTTP ${cause.status}` : `error ${cause.code}${title ? ` (${title})` : ''}`;
    super('TWILIO_ERROR', `Twilio refused this read with ${what}. See extensions.twilio.`, {
      extensions: twilioDetails(cause),
    });
  }
}

/** REQUEST_TIMEOUT: the request's deadline passed before Twilio had answered. */
export class RequestTimeoutError extends GatewayError {
  constructor(milliseconds: number) {
    super(
      'REQUEST_TIMEOUT',
      `Not all of Twilio's answers came within ${milliseconds} ms. Ask for less at once, or raise REQUEST_TIMEOUT_MS.`,
      { extensions: { timeoutMs: milliseconds } },
    );
  }
}

/** REQUEST_ABORTED: the client went away; nobody reads this answer, but the log does. */
export class RequestAbortedError extends GatewayError {
  constructor() {
    super('REQUEST_ABORTED', 'The client closed the connection before the answer was ready.');
  }
}
